namespace Phoenix.EventStore;

/// <summary>The versions of projections that the database has, whichever builds of the domain they are of.</summary>
public interface IProjectionVersions
{
    /// <summary>Lists the versions of a projection, the highest first; empty when the database knows none.</summary>
    /// <exception cref="LogUnavailableException">Storage cannot be reached.</exception>
    Task<IReadOnlyList<ProjectionVersion>> OfAsync(string projection);

    /// <summary>
    /// Drops the tables of a version that no silo has any more, and forgets how far it was. A build that has it and comes back makes it
    /// anew, from the first event on.
    /// </summary>
    /// <param name="projection">The projection's name.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellation">Ends it; nothing is removed then.</param>
    /// <exception cref="InvalidOperationException">There is no such version, a silo is there that has it, or something of a user's, such as
    /// a view, stands on its tables; the message says which.</exception>
    Task RemoveAsync(string projection, int version, CancellationToken cancellation);
}

/// <summary>A version of a projection.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Tables">Schema and name of the tables that it writes.</param>
/// <param name="Since">When a silo first had it.</param>
/// <param name="BuiltAt">When it had come to the end of the log for the first time; null before.</param>
/// <param name="Position">Everything up to this number of the log is in it.</param>
/// <param name="End">The last number of the log.</param>
/// <param name="Silos">How many silos are there whose build has it. Without one it rests, and is no trouble.</param>
/// <param name="RunBy">The silo that runs it; null when none does.</param>
public sealed record ProjectionVersion(
    int Version, IReadOnlyList<string> Tables, DateTimeOffset Since, DateTimeOffset? BuiltAt, long Position, long End, int Silos,
    string? RunBy);
