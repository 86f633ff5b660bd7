using System.Text.Json.Serialization;

namespace Phoenix.Runs.Faults;

/// <summary>How the cluster is broken.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
internal enum FaultKind
{
    /// <summary>A silo is killed with SIGKILL and started again.</summary>
    KillSilo,

    /// <summary>
    /// A silo stands still (SIGSTOP) until the others have declared it dead, goes on, and is started again if it has ended.
    /// </summary>
    FreezeSilo,

    /// <summary>A silo is told to stop (SIGTERM) and started again.</summary>
    StopSilo,

    /// <summary>PostgreSQL is stopped without waiting for its sessions and started again.</summary>
    RestartPostgres,

    /// <summary>All of the silos' sessions are ended by the server, commits in flight included.</summary>
    CutSessions,

    /// <summary>The broker is killed and started again; only where it keeps its records.</summary>
    RestartBroker,

    /// <summary>Some commits happen and their answers are lost on the way back, connection included.</summary>
    LoseCommitReplies,

    /// <summary>Some commits do not happen: their connections break just before.</summary>
    CutBeforeCommits,

    /// <summary>
    /// The command topic of accounts is deleted with all that it holds and made again, and a silo is killed while the others notice; only
    /// where it is asked for.
    /// </summary>
    RecreateTopic,

    /// <summary>PostgreSQL's network swallows everything for a while; then what it held back flows on.</summary>
    BlackHole,

    /// <summary>The only silo of the warehouse, which is another service, is killed with SIGKILL and started again.</summary>
    KillService,
}
