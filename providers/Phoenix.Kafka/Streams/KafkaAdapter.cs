using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>The queue adapter: creates receivers and sends what is produced through a stream.</summary>
internal sealed class KafkaAdapter(string name, PartitionMapper mapper, IKafkaSender sender, Func<QueueId, IQueueAdapterReceiver> receivers) : IQueueAdapter
{
    public string Name => name;

    // Redelivery is decided by committed offsets alone. The rewind handshake would let an activation that remembers a token of an
    // earlier life of the topic refuse new records.
    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => receivers(queueId);

    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        var topic = mapper.TopicOf(streamId).Topic;
        return Task.WhenAll(events.Select(item => sender.SendAsync(Record(item, topic) with { Topic = topic, Partition = null, RawKey = streamId.Key })));
    }

    private KafkaRecord Record<T>(T item, string topic) => item switch
    {
        KafkaRecord record => record,
        KafkaMessage message => KafkaRecord.Copy(message, topic),
        _ => throw new NotSupportedException(
            $"Stream provider '{name}' sends {nameof(KafkaRecord)} and {nameof(KafkaMessage)}, not {item?.GetType() ?? typeof(T)}. " +
            $"Put the object's JSON into {nameof(KafkaRecord)}.{nameof(KafkaRecord.Body)} and its logical name into {nameof(KafkaRecord.Type)}."),
    };
}
