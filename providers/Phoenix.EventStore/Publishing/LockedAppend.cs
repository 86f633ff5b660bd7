namespace Phoenix.EventStore.Publishing;

/// <summary>A transaction that holds the lock which every append takes on the event table before it draws a number.</summary>
/// <param name="Transaction">Its virtual transaction id, as <c>pg_locks</c> shows it.</param>
/// <param name="Pid">The server process of its session; null for a prepared transaction, which has none.</param>
internal readonly record struct LockedAppend(string Transaction, int? Pid);
