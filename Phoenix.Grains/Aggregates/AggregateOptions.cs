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

    internal IEnumerable<string> Problems()
    {
        if (HandlerTimeLimit <= TimeSpan.Zero) yield return $"Phoenix:Aggregates:HandlerTimeLimit is more than zero; found {HandlerTimeLimit}.";
        if (CommandsPerCommit is < 1 or > 10_000) yield return $"Phoenix:Aggregates:CommandsPerCommit is 1 to 10,000; found {CommandsPerCommit}.";
        if (Attempts < 1) yield return $"Phoenix:Aggregates:Attempts is at least 1; found {Attempts}.";
        if (RecentOutcomes < 0) yield return $"Phoenix:Aggregates:RecentOutcomes is 0 or more; found {RecentOutcomes}.";
        if (BrokenFor < TimeSpan.Zero) yield return $"Phoenix:Aggregates:BrokenFor is zero or more; found {BrokenFor}.";
    }
}
