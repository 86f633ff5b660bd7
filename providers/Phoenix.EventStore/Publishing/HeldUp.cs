namespace Phoenix.EventStore;

/// <summary>A transaction that has drawn an event number, or may have, and is still open: events after it wait.</summary>
/// <param name="Pid">The PostgreSQL process of its session; null for a prepared transaction.</param>
/// <param name="Application">The session's application name.</param>
/// <param name="State">The session's state, for example <c>idle in transaction</c>.</param>
/// <param name="Age">How old the transaction is, by PostgreSQL's clock.</param>
public sealed record HeldUp(int? Pid, string Application, string State, TimeSpan Age)
{
    /// <inheritdoc/>
    public override string ToString() => Pid is { } pid
        ? $"PostgreSQL session {pid} of '{Application}' ({State}) holds the events' lock in a transaction that is {Age.TotalSeconds:0.#} s old"
        : "a prepared transaction holds the events' lock; commit or roll it back (pg_prepared_xacts)";
}
