namespace Phoenix;

/// <summary>
/// The ledger's old rows, for operators. A command whose row is gone is decided anew if it comes again, so nothing is deleted that
/// something known may bring back: a record that its topic still has, a dead letter, an open transaction, a send that was not delivered,
/// and senders who repeat within <c>Phoenix:Aggregates:KeepLedgerFor</c>. The key is 0.
/// </summary>
[Alias("phoenix.ILedgerGrain")]
public interface ILedgerGrain : IGrainWithIntegerKey
{
    /// <summary>What needs rows, and from when on.</summary>
    /// <exception cref="InvalidOperationException">The broker or the database does not answer.</exception>
    [Alias("Look")]
    Task<LedgerLook> Look();

    /// <summary>
    /// Begins to delete the rows recorded before a time, in the background. Asked after with <see cref="Status"/>; it ends with the silo it
    /// runs on, and doing it again does the rest.
    /// </summary>
    /// <exception cref="InvalidOperationException">A trim is under way, or something needs older rows than that.</exception>
    [Alias("Trim")]
    Task Trim(LedgerTrim trim);

    /// <summary>Stops a trim; what is gone is gone. False when none is under way.</summary>
    [Alias("Stop")]
    Task<bool> Stop();

    /// <summary>What the last trim does, or came to; of this activation, which is gone with its silo.</summary>
    [Alias("Status")]
    Task<TrimStatus> Status();
}

/// <summary>What may be trimmed.</summary>
/// <param name="Possible">The latest time before which rows may be deleted.</param>
/// <param name="Holds">What needs rows, the furthest back first.</param>
[GenerateSerializer, Immutable, Alias("phoenix.ledger-look")]
public sealed record LedgerLook([property: Id(0)] DateTimeOffset Possible, [property: Id(1)] IReadOnlyList<LedgerHold> Holds);

/// <summary>Something that may bring an id back.</summary>
/// <param name="Name">What it is: <c>senders</c>, <c>transactions</c>, <c>sends</c>, or <c>topic</c> and its name.</param>
/// <param name="Since">Rows recorded at this time or later are needed.</param>
[GenerateSerializer, Immutable, Alias("phoenix.ledger-hold")]
public sealed record LedgerHold([property: Id(0)] string Name, [property: Id(1)] DateTimeOffset Since);

/// <summary>What to delete.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.ledger-trim")]
public sealed record LedgerTrim
{
    /// <summary>Rows recorded before this time, by the database's clock.</summary>
    [Id(0)] public required DateTimeOffset Before { get; init; }

    /// <summary>How many that may be: with more, none is deleted. 0 only counts.</summary>
    [Id(1)] public required long AtMost { get; init; }

    /// <summary>
    /// Names of <see cref="LedgerHold"/>s that are not to count, because somebody knows better: a topic whose old records nobody will read
    /// again.
    /// </summary>
    [Id(2)] public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Who wants it, for the record.</summary>
    [Id(3)] public string? Principal { get; init; }
}

/// <summary>How a trim is.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.trim-status")]
public sealed record TrimStatus
{
    /// <summary><c>idle</c>, <c>counting</c>, <c>trimming</c>, <c>trimmed</c>, <c>refused</c>, <c>stopped</c> or <c>failed</c>.</summary>
    [Id(0)] public required string State { get; init; }

    /// <summary>When that began.</summary>
    [Id(1)] public DateTimeOffset? Since { get; init; }

    /// <summary>How many rows it is about.</summary>
    [Id(2)] public long Found { get; init; }

    /// <summary>How many are gone.</summary>
    [Id(3)] public long Deleted { get; init; }

    /// <summary>Why it was refused or failed.</summary>
    [Id(4)] public string? Error { get; init; }
}
