namespace Phoenix.Kafka;

/// <summary>
/// What a subscriber throws when it is done with a delivery and some of its messages failed for good: their records are put aside and the
/// others are done. A record that was converted to several messages is put aside once, when all of them have ended.
/// </summary>
[GenerateSerializer, Alias("phoenix.kafka.refused-messages")]
public sealed class RefusedMessagesException : Exception
{
    /// <summary>Names the messages.</summary>
    /// <param name="refusals">Which of the delivery's messages, from 0, and why.</param>
    public RefusedMessagesException(IReadOnlyList<RefusedMessage> refusals) : base("Some messages of the delivery are refused for good.") =>
        Refusals = refusals;

    /// <summary>The messages.</summary>
    [Id(0)] public IReadOnlyList<RefusedMessage> Refusals { get; }
}

/// <summary>A message that is refused.</summary>
/// <param name="Place">Its place in the delivery, from 0.</param>
/// <param name="Reason">Why.</param>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.refused-message")]
public readonly record struct RefusedMessage([property: Id(0)] int Place, [property: Id(1)] DeadLetterReason Reason);
