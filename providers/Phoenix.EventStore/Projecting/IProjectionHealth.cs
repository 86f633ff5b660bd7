namespace Phoenix.EventStore;

/// <summary>What this silo knows of the projections. Reads what is known; asks no server.</summary>
public interface IProjectionHealth
{
    /// <summary>Whether this silo runs any of them.</summary>
    bool IsRunningThem { get; }

    /// <summary>Each projection that this silo runs, and each that its build has and no silo runs, by name.</summary>
    IReadOnlyList<ProjectionState> States { get; }
}

/// <summary>How far a projection is.</summary>
/// <param name="Name">Its name, version and shard, for example <c>account_balances:V2:All</c>; version 1 is left out.</param>
/// <param name="Position">Everything up to this number of the log is in it.</param>
/// <param name="End">The last number of the log.</param>
/// <param name="Late">How old the oldest event after <paramref name="Position"/> is; zero when there is none.</param>
/// <param name="Stop">Why it stands; null while it runs.</param>
/// <param name="HeldUpBy">The open transaction that Marten may be waiting for, when it is late; or null.</param>
public sealed record ProjectionState(string Name, long Position, long End, TimeSpan Late, ProjectionStop? Stop, HeldUp? HeldUpBy)
{
    /// <summary>How many numbers of the log it is behind.</summary>
    public long Behind => Math.Max(0, End - Position);

    /// <summary>
    /// Whether it is filled for the first time, has not come to the end of the log yet, and moves: being late is no trouble then.
    /// </summary>
    public bool IsBuilding { get; init; }
}

/// <summary>A projection that does not go on.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why, without texts of exceptions: those stand in the log.</param>
/// <param name="Attempts">How often it has been started again since.</param>
public sealed record ProjectionStop(DateTimeOffset Since, string Reason, int Attempts);
