using Orleans.Configuration;

namespace Phoenix.Hosting;

/// <summary>
/// How silos find out that one of them is gone; the one place where Orleans' membership options are set. Bound from
/// <c>Phoenix:Cluster:FailureDetection</c>; why these defaults: <c>docs/decisions/0007</c>.
/// </summary>
public sealed class FailureDetectionOptions
{
    private const string Section = $"{PhoenixClusterOptions.Section}:FailureDetection";

    /// <summary>
    /// How long a probe may take before it counts as missed, and how often a silo is probed. Orleans adapts it to the answers it measures,
    /// between half of this and <see cref="MaxProbeTimeout"/>. Default 1 s.
    /// </summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest a probe may take. A silo whose connections are open is left alone for this times <see cref="MissedProbes"/> after the
    /// last byte from it: a process that died is found in about <see cref="ProbeTimeout"/> times <see cref="MissedProbes"/>, one that
    /// hangs, or a machine that lost its network, in this times <see cref="MissedProbes"/>. Default 4 s.
    /// </summary>
    public TimeSpan MaxProbeTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>Probes missed one after the other before a silo is suspected. Default 3.</summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>Silos that must suspect one before it is declared dead; the last two silos need one vote. Default 2.</summary>
    public int Votes { get; set; } = 2;

    /// <summary>How often a silo writes to the membership table that it is alive; three times this without is stale. Default 5 s.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a silo reads the membership table when nobody told it of a change, as after a pause of its whole process. Default 10 s.
    /// </summary>
    public TimeSpan TableRefresh { get; set; } = TimeSpan.FromSeconds(10);

    internal void ApplyTo(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = ProbeTimeout;
        membership.MaxProbeTimeout = MaxProbeTimeout;
        membership.NumMissedProbesLimit = MissedProbes;
        membership.NumVotesForDeathDeclaration = Votes;
        membership.IAmAliveTablePublishTimeout = Heartbeat;
        membership.TableRefreshTimeout = TableRefresh;
    }

    internal IEnumerable<string> Problems()
    {
        if (ProbeTimeout < TimeSpan.FromMilliseconds(100)) yield return $"{Section}:ProbeTimeout is at least 100 ms; found {ProbeTimeout}.";
        if (MaxProbeTimeout < ProbeTimeout) yield return $"{Section}:MaxProbeTimeout ({MaxProbeTimeout}) is at least ProbeTimeout ({ProbeTimeout}).";
        if (MissedProbes < 1) yield return $"{Section}:MissedProbes is at least 1; found {MissedProbes}.";
        if (Votes is < 1 or > 10) yield return $"{Section}:Votes is 1 to 10; found {Votes}.";
        if (Heartbeat < TimeSpan.FromSeconds(1)) yield return $"{Section}:Heartbeat is at least 1 s; found {Heartbeat}.";
        if (TableRefresh < TimeSpan.FromSeconds(1)) yield return $"{Section}:TableRefresh is at least 1 s; found {TableRefresh}.";
    }
}
