namespace Phoenix.Benchmarks.Rig;

/// <summary>What a part did in one round.</summary>
internal sealed record RoundResult
{
    /// <summary>Operations acknowledged.</summary>
    public required long Operations { get; init; }

    /// <summary>From the first operation's begin to the last one's end.</summary>
    public required double Seconds { get; init; }

    public required double P50Ms { get; init; }
    public required double P99Ms { get; init; }
    public required double P999Ms { get; init; }
    public required double MaxMs { get; init; }

    /// <summary>Operations that failed, and why the first did. A measurement with failures is none.</summary>
    public long Failures { get; init; }

    public string? FirstFailure { get; init; }

    /// <summary>Acknowledged since the part started, rounds of warm-up included: as many effects must be found in storage.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Managed memory allocated an operation by the part's process, in bytes.</summary>
    public double AllocatedBytes { get; init; }

    /// <summary>Figures of one scenario only, by name.</summary>
    public Dictionary<string, double> Extra { get; init; } = [];
}
