using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>
/// A record of somebody else's topic, which is not ours to write, is converted again by the converter of today, and its commands go to their
/// aggregates' topics. Their ids are those they would have had: what took effect before has none again.
/// </summary>
internal sealed class RecordResending(KafkaTopic foreign, IReadOnlyList<KafkaTopic> topics, IKafkaSender sender) : IResending
{
    public string Topic => foreign.Topic;

    public async Task SendAsync(KafkaMessage letter, CancellationToken cancellationToken)
    {
        var conversion = foreign.Converter!.Convert(OriginalRecord.Of(letter));
        if (conversion.Refusal is { } refusal)
            throw new KafkaRejectedException(refusal.Code, $"The letter at offset {letter.Offset} of partition {letter.Partition} is refused again: {refusal.Message}");
        foreach (var message in conversion.Messages)
        {
            var topic = topics.First(one => one.Converter is null && one.StreamNamespace == message.StreamNamespace).Topic;
            await sender.SendAsync(new() { Topic = topic, Key = message.Key, Headers = message.Headers, Body = message.Body }, cancellationToken);
        }
    }
}
