using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Subscribing;

/// <summary>
/// A command that a record becomes, checked and written: for one aggregate, for one if it stands behind a tag, or for all behind a tag.
/// </summary>
/// <param name="Record">The record.</param>
/// <param name="Ordinal">The command's place among those of the record.</param>
/// <param name="Aggregate">The kind of aggregate.</param>
/// <param name="Id">The aggregate's id; empty for all behind a tag.</param>
/// <param name="Tag">The tag, or null.</param>
/// <param name="Headers">Its headers but for the id.</param>
/// <param name="Body">The command as JSON.</param>
internal sealed record PreparedCommand(
    KafkaMessage Record, int Ordinal, string Aggregate, string Id, string? Tag, IReadOnlyList<KafkaHeader> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>What tells the record's message from others; null: the record's place.</summary>
    public string? MessageId { get; init; }

    /// <summary>Whether it goes to all behind the tag.</summary>
    public bool IsToAll => Tag is not null && Id.Length == 0;

    /// <summary>As a message to one aggregate. Of a broadcast the id says to whom, too.</summary>
    public ConvertedMessage To(string id)
    {
        var command = SubscriptionIdentity.Of(Record, Ordinal, IsToAll ? $"{Aggregate}/{id}" : null, MessageId);
        return new(Aggregate, id, [.. Headers, new(WireHeaders.Id, command.ToString())], Body, Ordinal);
    }
}
