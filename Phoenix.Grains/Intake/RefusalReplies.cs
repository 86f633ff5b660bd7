using Phoenix.Kafka;

namespace Phoenix.Intake;

/// <summary>Tells senders of records that were put aside before an aggregate saw them, where key and reply topic could be read.</summary>
internal sealed class RefusalReplies(ReplyAddresses replyAddresses, ReplyWriter replies) : IRefusalListener
{
    /// <inheritdoc />
    public Task OnRefusedAsync(KafkaTopic topic, KafkaMessage message, DeadLetterReason reason, CancellationToken cancellationToken)
    {
        if (!topic.TellsSenders || reason.Code == DeadLetterReason.Unroutable) return Task.CompletedTask;
        var address = replyAddresses.Read(RequestHeaders.Of(message), message, out _);
        return address is null
            ? Task.CompletedTask
            : replies.SendAsync(message, address, $"{topic.StreamNamespace}/{message.Key}", Messages.ReplyBody.Failed(reason.Code, reason.Message));
    }
}
