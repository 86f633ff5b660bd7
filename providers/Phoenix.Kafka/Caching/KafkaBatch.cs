using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>Consecutive records of one stream, delivered in one call.</summary>
/// <remarks>
/// The provider batches by itself and leaves Orleans' <c>BatchContainerBatchSize</c> at 1: with that, every move of a cursor is one
/// delivery, so the cursor knows what is acknowledged without guessing where the agent's batch ended.
/// </remarks>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.batch")]
internal sealed class KafkaBatch(StreamId streamId, KafkaMessage[] messages) : IBatchContainer
{
    [Id(0)]
    private readonly StreamId streamId = streamId;

    [Id(1)]
    private readonly KafkaMessage[] messages = messages;

    /// <summary>Who waits for the outcome; only on the silo that reads the partition.</summary>
    [NonSerialized]
    internal StreamCursor? Cursor;

    public StreamId StreamId => streamId;

    public int Count => messages.Length;

    internal IReadOnlyList<KafkaMessage> Messages => messages;

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(messages[0].Offset);

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        // An exception, not an empty answer: that would count as delivered.
        if (messages is not T[] typed)
        {
            throw new InvalidOperationException(
                $"Stream {streamId} carries {typeof(KafkaMessage)}, but the subscriber asked for {typeof(T)}. " +
                $"Subscribe with IAsyncObserver<{nameof(KafkaMessage)}> or IAsyncBatchObserver<{nameof(KafkaMessage)}>.");
        }
        return Events(typed);

        IEnumerable<Tuple<T, StreamSequenceToken>> Events(T[] items)
        {
            for (var i = 0; i < items.Length; i++)
                yield return Tuple.Create<T, StreamSequenceToken>(items[i], new EventSequenceTokenV2(messages[i].Offset));
        }
    }

    public bool ImportRequestContext() => false;

    public override string ToString() => $"{messages.Length} record(s) of {streamId} from {messages[0]}";
}
