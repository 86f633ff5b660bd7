namespace Phoenix;

/// <summary>
/// A projection, for operators: whether its read model is what the log says, and making it anew. The key is its name. Both run in the
/// background and are asked after with <see cref="Status"/>; they stop neither readers nor commands, and end with the silo they run on.
/// </summary>
[Alias("phoenix.IProjectionGrain")]
public interface IProjectionGrain : IGrainWithStringKey
{
    /// <summary>Replays the log beside the read model and names the rows that are not as it says.</summary>
    /// <exception cref="InvalidOperationException">The projection is being verified or rebuilt.</exception>
    [Alias("Verify")]
    Task Verify();

    /// <summary>Replays the log and makes the read model, in one step, what that gave.</summary>
    /// <exception cref="InvalidOperationException">The projection is being verified or rebuilt.</exception>
    [Alias("Rebuild")]
    Task Rebuild();

    /// <summary>What the last of the two is doing, or found; of this activation, which is gone with its silo.</summary>
    [Alias("Status")]
    Task<ProjectionStatus> Status();

    /// <summary>The versions that the database has, the highest first, whichever builds they are of.</summary>
    [Alias("Versions")]
    Task<IReadOnlyList<KeptVersion>> Versions();

    /// <summary>
    /// Drops the tables of a version that no silo has any more. A build that comes back with it makes it anew, from the first event on.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such version, a silo has it, or something of a user's stands on its
    /// tables.</exception>
    [Alias("RemoveVersion")]
    Task RemoveVersion(int version);
}

/// <summary>How the upkeep of a projection is.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.projection-status")]
public sealed record ProjectionStatus
{
    /// <summary><c>idle</c>, <c>verifying</c>, <c>rebuilding</c>, <c>verified</c>, <c>rebuilt</c> or <c>failed</c>.</summary>
    [Id(0)] public required string State { get; init; }

    /// <summary>When that began.</summary>
    [Id(1)] public DateTimeOffset? Since { get; init; }

    /// <summary>Up to which number of the log the read model was looked at, or is now; while one runs, how far its replay is.</summary>
    [Id(2)] public long? Position { get; init; }

    /// <summary>After a verification: the rows that are wrong, at most 1,000 a table.</summary>
    [Id(3)] public IReadOnlyList<WrongRow>? Wrong { get; init; }

    /// <summary>After a verification: rows that changed too often to say anything of them. Verify again in a quieter hour.</summary>
    [Id(4)] public int? Undecided { get; init; }

    /// <summary>After a rebuild: how many rows were not as they are now.</summary>
    [Id(5)] public long? Changed { get; init; }

    /// <summary>Why it failed. Nothing was changed then.</summary>
    [Id(6)] public string? Error { get; init; }

    /// <summary>While one runs: how many numbers of the log its replay has before it.</summary>
    [Id(7)] public long? Behind { get; init; }

    /// <summary>While one runs: how long the replay will take at the speed that it had; null before that is known.</summary>
    [Id(8)] public double? SecondsLeft { get; init; }
}

/// <summary>A version of a projection.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.kept-version")]
public sealed record KeptVersion
{
    /// <summary>Its number.</summary>
    [Id(0)] public required int Version { get; init; }

    /// <summary>
    /// <c>building</c> until it has come to the end of the log for the first time, then <c>live</c>; <c>resting</c> while no silo is there
    /// whose build has it.
    /// </summary>
    [Id(1)] public required string State { get; init; }

    /// <summary>Schema and name of the tables that it writes.</summary>
    [Id(2)] public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>When a silo first had it.</summary>
    [Id(3)] public required DateTimeOffset Since { get; init; }

    /// <summary>When it had come to the end of the log for the first time.</summary>
    [Id(4)] public DateTimeOffset? BuiltAt { get; init; }

    /// <summary>Everything up to this number of the log is in it.</summary>
    [Id(5)] public required long Position { get; init; }

    /// <summary>How many numbers of the log it is behind.</summary>
    [Id(6)] public required long Behind { get; init; }

    /// <summary>How many silos are there whose build has it.</summary>
    [Id(7)] public required int Silos { get; init; }

    /// <summary>The silo that runs it.</summary>
    [Id(8)] public string? RunBy { get; init; }
}

/// <summary>A row of a read model that is not what replaying the log gives.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The row's key, as JSON.</param>
/// <param name="Found">The row as JSON; null when it is missing.</param>
/// <param name="Expected">What it should be; null when it should not be there.</param>
[GenerateSerializer, Immutable, Alias("phoenix.wrong-row")]
public sealed record WrongRow([property: Id(0)] string Table, [property: Id(1)] string Key, [property: Id(2)] string? Found,
    [property: Id(3)] string? Expected);
