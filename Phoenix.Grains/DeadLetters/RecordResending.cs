using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.DeadLetters;

/// <summary>
/// A record of somebody else's topic, which is not ours to write, is converted again by the converter of today, and its commands go to
/// their aggregates' topics. Their ids are those they would have had: what took effect before has none again.
/// </summary>
internal sealed class RecordResending(KafkaTopic foreign, IReadOnlyList<KafkaTopic> topics, IKafkaSender sender) : IResending
{
    public async Task<Task> HandOverAsync(KafkaMessage letter, CancellationToken cancellationToken)
    {
        var conversion = await foreign.Converter!.ConvertAsync(OriginalRecord.Of(letter), cancellationToken);
        if (conversion.WaitsFor is { } missing) throw new UnavailableException(missing);
        if (conversion.Refusal is { } refusal)
            throw new KafkaRejectedException(refusal.Code, $"The letter at offset {letter.Offset} of partition {letter.Partition} is refused again: {refusal.Message}");
        return conversion.Pages is { } pages
            ? SendPagesAsync(letter, pages, cancellationToken)
            : Task.WhenAll(conversion.Messages.Select(message => SendAsync(message, cancellationToken)));
    }

    private Task<KafkaReceipt> SendAsync(ConvertedMessage message, CancellationToken cancellationToken)
    {
        var topic = topics.First(one => one.Converter is null && one.StreamNamespace == message.StreamNamespace).Topic;
        return sender.SendAsync(
            new() { Topic = topic, Key = message.Key, Headers = message.Headers, Body = message.Body }, cancellationToken);
    }

    private async Task SendPagesAsync(KafkaMessage letter, IMessagePages pages, CancellationToken cancellationToken)
    {
        if (OriginalRecord.TargetOf(letter) is { } target)
        {
            // Of a broadcast: this one alone, also if it has left the tag since.
            var message = pages.Of(target) ?? throw new KafkaRejectedException(KafkaRejectedException.OriginalGone,
                $"The letter at offset {letter.Offset} of partition {letter.Partition} is about a message to {target.StreamNamespace}/{target.Key} "
                + "which its record does not become any more.");
            await SendAsync(message, cancellationToken);
            return;
        }

        while (await pages.NextAsync(cancellationToken) is { } page)
            await Task.WhenAll(page.Select(message => SendAsync(message, cancellationToken)));
    }
}
