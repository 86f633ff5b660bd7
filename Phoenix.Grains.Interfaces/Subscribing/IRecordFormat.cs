namespace Phoenix.Subscribing;

/// <summary>
/// How the values of a foreign topic are written, where that is not JSON. A host has those that are registered as services; a subscription
/// names one (<see cref="SubscriptionAttribute.Format"/>, or its settings), and <see cref="ForeignRecord.Json{T}"/> then reads what this
/// makes of a value: a topic that changes its format changes no class. Called by many threads at once.
/// </summary>
public interface IRecordFormat
{
    /// <summary>Its name, for example <c>avro</c>.</summary>
    string Name { get; }

    /// <summary>Reads a value as JSON. The same value always gives the same: what is known of its schema, for example, never changes.</summary>
    /// <param name="record">The record; it has a value.</param>
    /// <param name="cancellationToken">Nobody waits any longer.</param>
    /// <returns>The JSON, as UTF-8.</returns>
    /// <exception cref="UnusableRecordException">The value is not written so. The record goes to the dead letters.</exception>
    /// <exception cref="FormatUnavailableException">It cannot be told now. The record waits, those of its partition behind it, and it is
    /// tried again with back-off, without an end: nothing is given up because a server is away.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(ForeignRecord record, CancellationToken cancellationToken);
}
