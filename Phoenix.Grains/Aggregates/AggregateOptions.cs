using Phoenix.Deciding;

namespace Phoenix.Aggregates;

/// <summary>How aggregates run. Bound from <c>Phoenix:Aggregates</c>.</summary>
public sealed class AggregateOptions
{
    /// <summary>How long a handler may take before its command fails with <c>handler-timeout</c>. Default 10 s.</summary>
    public TimeSpan HandlerTimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the log gets the stacks of handlers that do not return, once from when the first does not until all have. They are read from
    /// a dump of the process, for which it stands still for about half a second. Default true.
    /// </summary>
    public bool StackOfStuckHandlers { get; set; } = true;

    /// <summary>
    /// A folder in which the last five of these dumps are kept. They hold parts of the silo's memory, so what they hold may be secret.
    /// Default none: they are deleted when the stacks are read.
    /// </summary>
    public string? StuckDumpFolder { get; set; }

    /// <summary>Most commands of one aggregate in one commit. Default 200.</summary>
    public int CommandsPerCommit { get; set; } = 200;

    /// <summary>
    /// Bytes of events, replies and payloads after which a commit of one aggregate takes no further command. A single command may have
    /// more. Default 4 MiB.
    /// </summary>
    public long BytesPerCommit { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// How often a command is decided again because its aggregate was changed elsewhere, before its caller gets <c>unavailable</c>. Default
    /// 5.
    /// </summary>
    public int Attempts { get; set; } = 5;

    /// <summary>
    /// Outcomes an active aggregate keeps in memory, which makes repeats cheap; older ones are looked up in the ledger. Default 1,000.
    /// </summary>
    public int RecentOutcomes { get; set; } = 1000;

    /// <summary>
    /// About how many bytes the remembered outcomes of all active aggregates of a silo take at most. Past it an aggregate remembers fewer,
    /// and repeats cost a question to the ledger. Default 256 MiB.
    /// </summary>
    public long RecentOutcomesBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Whether the ledger keeps the payload of rejected commands, for auditors. Default true.</summary>
    public bool KeepRejectedPayloads { get; set; } = true;

    /// <summary>
    /// For how long senders may repeat a command under its id; rows of the ledger that are younger are never trimmed. Default 7 days, at
    /// least 1 hour.
    /// </summary>
    public TimeSpan KeepLedgerFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a broken aggregate answers with its error before its events are read again. Default 10 s.</summary>
    public TimeSpan BrokenFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Commands and queries of grain callers that wait on one silo before further ones get <c>busy</c>. Default 10,000.</summary>
    public int MaxInFlight { get; set; } = 10_000;

    /// <summary>Like <see cref="MaxInFlight"/>, in bytes of their bodies. Default 64 MiB.</summary>
    public long MaxInFlightBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Like <see cref="MaxInFlight"/>, for one aggregate. Default 2,000.</summary>
    public int MaxInFlightPerAggregate { get; set; } = 2_000;

    /// <summary>
    /// How long an aggregate that nobody uses stays in memory; the next command replays it. It is gone at most a quarter of this, and at
    /// most a minute, later, and with records from Kafka at most a tenth, and at most 10 s, earlier. At least 1 s. Default 15 min.
    /// </summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// <see cref="IdleAfter"/> for single kinds of aggregates, by their logical names. Orleans' <c>[CollectionAgeLimit]</c> on a grain
    /// class goes before both.
    /// </summary>
    public IDictionary<string, TimeSpan> IdleAfterOf { get; } = new Dictionary<string, TimeSpan>();

    /// <summary>
    /// Aggregates that are active on one silo at once. Past it those that were not used for longest leave before <see cref="IdleAfter"/> is
    /// over, so that memory has a bound whatever is touched. Default 50,000.
    /// </summary>
    public int MaxActive { get; set; } = 50_000;

    internal LoopLimits Loop => new(CommandsPerCommit, BytesPerCommit, Attempts, BrokenFor);

    internal AdmissionLimits Admission => new(MaxInFlight, MaxInFlightBytes, MaxInFlightPerAggregate);

    internal TimeSpan IdleAfterFor(string aggregate) => IdleAfterOf.TryGetValue(aggregate, out var own) ? own : IdleAfter;

    /// <summary>
    /// How long after the last call an aggregate that takes records without calls is called again. Orleans collects by the last call, so
    /// one in use is never taken for idle, and an idle one leaves at most this much too early.
    /// </summary>
    internal TimeSpan CallAfter(string aggregate) => new(Math.Min(IdleAfterFor(aggregate).Ticks / 10, TimeSpan.FromSeconds(10).Ticks));

    /// <param name="aggregates">Logical names of all aggregates of the host.</param>
    internal IEnumerable<string> Problems(IEnumerable<string> aggregates)
    {
        var known = aggregates.ToHashSet();
        if (IdleAfter < TimeSpan.FromSeconds(1)) yield return $"Phoenix:Aggregates:IdleAfter is at least 1 s; found {IdleAfter}.";
        foreach (var (name, period) in IdleAfterOf)
        {
            if (period < TimeSpan.FromSeconds(1)) yield return $"Phoenix:Aggregates:IdleAfterOf:{name} is at least 1 s; found {period}.";
            if (!known.Contains(name)) yield return $"Phoenix:Aggregates:IdleAfterOf names '{name}', which is no aggregate of this host. Its aggregates are {string.Join(", ", known.Order())}.";
        }

        if (KeepLedgerFor < TimeSpan.FromHours(1)) yield return $"Phoenix:Aggregates:KeepLedgerFor is at least 1 hour; found {KeepLedgerFor}.";
        if (MaxActive < 1) yield return $"Phoenix:Aggregates:MaxActive is at least 1; found {MaxActive}.";
        if (HandlerTimeLimit <= TimeSpan.Zero) yield return $"Phoenix:Aggregates:HandlerTimeLimit is more than zero; found {HandlerTimeLimit}.";
        if (StuckDumpFolder is not null && !Directory.Exists(StuckDumpFolder))
            yield return $"Phoenix:Aggregates:StuckDumpFolder is a folder that exists; found '{StuckDumpFolder}'.";
        if (CommandsPerCommit is < 1 or > 10_000) yield return $"Phoenix:Aggregates:CommandsPerCommit is 1 to 10,000; found {CommandsPerCommit}.";
        if (BytesPerCommit < 1) yield return $"Phoenix:Aggregates:BytesPerCommit is at least 1; found {BytesPerCommit}.";
        if (Attempts < 1) yield return $"Phoenix:Aggregates:Attempts is at least 1; found {Attempts}.";
        if (RecentOutcomes < 0) yield return $"Phoenix:Aggregates:RecentOutcomes is 0 or more; found {RecentOutcomes}.";
        if (RecentOutcomesBytes < 0) yield return $"Phoenix:Aggregates:RecentOutcomesBytes is 0 or more; found {RecentOutcomesBytes}.";
        if (MaxInFlight < 1) yield return $"Phoenix:Aggregates:MaxInFlight is at least 1; found {MaxInFlight}.";
        if (MaxInFlightBytes < 1) yield return $"Phoenix:Aggregates:MaxInFlightBytes is at least 1; found {MaxInFlightBytes}.";
        if (MaxInFlightPerAggregate < 1) yield return $"Phoenix:Aggregates:MaxInFlightPerAggregate is at least 1; found {MaxInFlightPerAggregate}.";
        if (BrokenFor < TimeSpan.Zero) yield return $"Phoenix:Aggregates:BrokenFor is zero or more; found {BrokenFor}.";
    }
}
