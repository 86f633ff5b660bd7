using Phoenix.EventStore;
using Phoenix.Model;

namespace Phoenix.Publishing;

/// <summary>Where a publication that has never run begins.</summary>
public enum PublicationStart
{
    /// <summary>With the first event of the log.</summary>
    Beginning,

    /// <summary>With what is stored from now on.</summary>
    Now,

    /// <summary>After <see cref="PublicationSettings.Position"/>.</summary>
    Position,

    /// <summary>
    /// With the first event that was stored at <see cref="PublicationSettings.Time"/> or later; a few that are older may go out with it.
    /// </summary>
    Time,
}

/// <summary>Settings of one publication; what is not set is as its class says.</summary>
public sealed class PublicationSettings
{
    /// <summary>The topic.</summary>
    public string? Topic { get; set; }

    /// <summary>What happens when an event cannot be published.</summary>
    public PoisonPolicy? Poison { get; set; }

    /// <summary>
    /// After how many failures of its sink in a row at one message that one counts as a message that can never be taken, for
    /// <see cref="Poison"/>. Default: never; the publication waits until the sink takes it.
    /// </summary>
    public int? ParkAfter { get; set; }

    /// <summary>Where it begins when it has never run. Default <see cref="PublicationStart.Beginning"/>.</summary>
    public PublicationStart Start { get; set; }

    /// <summary>
    /// Into how many slices it is divided when it has never run: each is published by one silo, so several silos share its work. Default 1,
    /// which is enough unless a transform costs more than a core; up to 64. An operator divides it anew while it runs.
    /// </summary>
    public int Slices { get; set; } = 1;

    /// <summary>With <see cref="PublicationStart.Position"/>: the number of the log to begin after.</summary>
    public long? Position { get; set; }

    /// <summary>With <see cref="PublicationStart.Time"/>: the time, RFC 3339.</summary>
    public DateTimeOffset? Time { get; set; }
}

/// <summary>Which events leave the silo, and how. Bound from <c>Phoenix:Publications</c>.</summary>
public sealed class PublicationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Publications";

    /// <summary>
    /// Logical names of the kinds of aggregates whose events are all sent to <c>{prefix}.{aggregate}.events</c>, as they are stored;
    /// <c>*</c> for every kind. The publication has the aggregate's name. Default: none.
    /// </summary>
    public IList<string> Forward { get; } = [];

    /// <summary>Settings by the publication's name.</summary>
    public IDictionary<string, PublicationSettings> Settings { get; } = new Dictionary<string, PublicationSettings>(StringComparer.Ordinal);

    /// <summary>
    /// How long a silo may publish without renewing its right, by PostgreSQL's clock. A silo that is lost or frozen is followed by another
    /// after this and at most a second. Default 3 s, at least 1 s.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How often the position is stored and the right renewed; what was sent since is repeated when a silo is lost. Default 0.5 s, at most
    /// a third of <see cref="Lease"/>.
    /// </summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// For how long a silo must have published more than its share, where others publish less, before it gives something up to them. Longer
    /// than the cluster takes to find a frozen silo dead. Default 30 s, at least 1 s.
    /// </summary>
    public TimeSpan RebalanceAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages of one publication that are sent and not acknowledged. Default 10,000.</summary>
    public int MaxInFlight { get; set; } = 10_000;

    /// <summary>The same in bytes of bodies. Default 32 MiB.</summary>
    public long MaxInFlightBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How often aggregates that are parked are tried again. Default 1 min.</summary>
    public TimeSpan RetryParked { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many aggregates may be parked before the publication stops: so many are no single bad events. Default 1,000.</summary>
    public int MaxParked { get; set; } = 1_000;

    /// <summary>How many messages a sink gets at once, each of another aggregate. Default 16.</summary>
    public int SinkConcurrency { get; set; } = 16;

    /// <summary>How long a sink may take over one message before the call is cancelled and counts as failed. Default 30 s.</summary>
    public TimeSpan SinkTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal IEnumerable<string> Problems(IReadOnlyCollection<string> aggregates, IReadOnlyCollection<string> publications)
    {
        foreach (var unknown in Forward.Where(name => name != "*" && !aggregates.Contains(name)))
            yield return $"{Section}:Forward names '{unknown}', which is no aggregate of this host. There are: {string.Join(", ", aggregates.Order())}, or * for all.";
        foreach (var (name, settings) in Settings)
        {
            if (!publications.Contains(name)) yield return $"{Section}:Settings:{name} is no publication. There are: {string.Join(", ", publications.Order())}.";
            if (settings.Topic is { } topic && !LogicalName.IsValid(topic)) yield return $"{Section}:Settings:{name}:Topic is '{topic}'; a topic's name is lower-case letters, digits, dots and dashes.";
            if (settings.ParkAfter < 1) yield return $"{Section}:Settings:{name}:ParkAfter is at least 1; found {settings.ParkAfter}.";
            if (settings.Slices is < 1 or > PublicationSlice.Most)
                yield return $"{Section}:Settings:{name}:Slices is 1 to {PublicationSlice.Most}; found {settings.Slices}.";
            if (settings.Start == PublicationStart.Position && settings.Position is null or < 0) yield return $"{Section}:Settings:{name}:Position is missing or below 0.";
            if (settings.Start == PublicationStart.Time && settings.Time is null) yield return $"{Section}:Settings:{name}:Time is missing.";
        }

        if (Lease < TimeSpan.FromSeconds(1)) yield return $"{Section}:Lease is at least 1 s; found {Lease}.";
        if (CheckpointInterval < TimeSpan.FromMilliseconds(10) || CheckpointInterval > Lease / 3)
            yield return $"{Section}:CheckpointInterval is 10 ms up to a third of Lease ({Lease}); found {CheckpointInterval}.";
        if (RebalanceAfter < TimeSpan.FromSeconds(1)) yield return $"{Section}:RebalanceAfter is at least 1 s; found {RebalanceAfter}.";
        if (MaxInFlight < 1) yield return $"{Section}:MaxInFlight is at least 1; found {MaxInFlight}.";
        if (MaxInFlightBytes < 1) yield return $"{Section}:MaxInFlightBytes is at least 1; found {MaxInFlightBytes}.";
        if (RetryParked < TimeSpan.FromMilliseconds(100)) yield return $"{Section}:RetryParked is at least 100 ms; found {RetryParked}.";
        if (SinkConcurrency < 1) yield return $"{Section}:SinkConcurrency is at least 1; found {SinkConcurrency}.";
        if (SinkTimeout < TimeSpan.FromMilliseconds(1)) yield return $"{Section}:SinkTimeout is at least 1 ms; found {SinkTimeout}.";
        if (MaxParked < 1) yield return $"{Section}:MaxParked is at least 1; found {MaxParked}.";
    }
}
