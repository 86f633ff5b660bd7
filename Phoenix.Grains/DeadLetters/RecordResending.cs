using System.Runtime.CompilerServices;
using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>
/// A record of somebody else's topic, which is not ours to write, is converted again by the converter of today, and its commands go to
/// their aggregates' topics. Their ids are those they would have had: what took effect before has none again.
/// </summary>
internal sealed class RecordResending(KafkaTopic foreign, IReadOnlyList<KafkaTopic> topics, IKafkaSender sender) : IResending
{
    public async Task SendAsync(KafkaMessage letter, CancellationToken cancellationToken)
    {
        var conversion = foreign.Converter!.Convert(OriginalRecord.Of(letter));
        if (conversion.Refusal is { } refusal)
            throw new KafkaRejectedException(refusal.Code, $"The letter at offset {letter.Offset} of partition {letter.Partition} is refused again: {refusal.Message}");
        await foreach (var message in MessagesAsync(letter, conversion, cancellationToken))
        {
            var topic = topics.First(one => one.Converter is null && one.StreamNamespace == message.StreamNamespace).Topic;
            await sender.SendAsync(new() { Topic = topic, Key = message.Key, Headers = message.Headers, Body = message.Body }, cancellationToken);
        }
    }

    private static async IAsyncEnumerable<ConvertedMessage> MessagesAsync(
        KafkaMessage letter, Conversion conversion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var message in conversion.Messages) yield return message;
        if (conversion.Pages is not { } pages) yield break;
        if (OriginalRecord.TargetOf(letter) is { } target)
        {
            // Of a broadcast: this one alone, also if it has left the tag since.
            yield return pages.Of(target) ?? throw new KafkaRejectedException(KafkaRejectedException.OriginalGone,
                $"The letter at offset {letter.Offset} of partition {letter.Partition} is about a message to {target.StreamNamespace}/{target.Key} "
                + "which its record does not become any more.");
            yield break;
        }

        while (await pages.NextAsync(cancellationToken) is { } page)
        {
            foreach (var message in page) yield return message;
        }
    }
}
