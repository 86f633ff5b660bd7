namespace Phoenix.Aggregates;

/// <summary>How aggregates run. Bound from <c>Phoenix:Aggregates</c>.</summary>
public sealed class AggregateOptions
{
    /// <summary>How long a handler may take before its command fails with <c>handler-timeout</c>. Default 10 s.</summary>
    public TimeSpan HandlerTimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most commands of one aggregate in one commit. Default 200.</summary>
    public int CommandsPerCommit { get; set; } = 200;

    /// <summary>How often a command is decided again because its aggregate was changed elsewhere, before its caller gets <c>unavailable</c>. Default 5.</summary>
    public int Attempts { get; set; } = 5;

    /// <summary>Outcomes an active aggregate keeps in memory, which makes repeats cheap; older ones are looked up in the ledger. Default 1,000.</summary>
    public int RecentOutcomes { get; set; } = 1000;

    /// <summary>Whether the ledger keeps the payload of rejected commands, for auditors. Default true.</summary>
    public bool KeepRejectedPayloads { get; set; } = true;

    /// <summary>How long a broken aggregate answers with its error before its events are read again. Default 10 s.</summary>
    public TimeSpan BrokenFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Commands and queries of grain callers that wait on one silo before further ones get <c>busy</c>. Default 10,000.</summary>
    public int MaxInFlight { get; set; } = 10_000;

    /// <summary>Like <see cref="MaxInFlight"/>, in bytes of their bodies. Default 64 MiB.</summary>
    public long MaxInFlightBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Like <see cref="MaxInFlight"/>, for one aggregate. Default 2,000.</summary>
    public int MaxInFlightPerAggregate { get; set; } = 2_000;

    internal IEnumerable<string> Problems()
    {
        if (HandlerTimeLimit <= TimeSpan.Zero) yield return $"Phoenix:Aggregates:HandlerTimeLimit is more than zero; found {HandlerTimeLimit}.";
        if (CommandsPerCommit is < 1 or > 10_000) yield return $"Phoenix:Aggregates:CommandsPerCommit is 1 to 10,000; found {CommandsPerCommit}.";
        if (Attempts < 1) yield return $"Phoenix:Aggregates:Attempts is at least 1; found {Attempts}.";
        if (RecentOutcomes < 0) yield return $"Phoenix:Aggregates:RecentOutcomes is 0 or more; found {RecentOutcomes}.";
        if (MaxInFlight < 1) yield return $"Phoenix:Aggregates:MaxInFlight is at least 1; found {MaxInFlight}.";
        if (MaxInFlightBytes < 1) yield return $"Phoenix:Aggregates:MaxInFlightBytes is at least 1; found {MaxInFlightBytes}.";
        if (MaxInFlightPerAggregate < 1) yield return $"Phoenix:Aggregates:MaxInFlightPerAggregate is at least 1; found {MaxInFlightPerAggregate}.";
        if (BrokenFor < TimeSpan.Zero) yield return $"Phoenix:Aggregates:BrokenFor is zero or more; found {BrokenFor}.";
    }
}
