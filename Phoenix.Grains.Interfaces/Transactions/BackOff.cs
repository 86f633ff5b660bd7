namespace Phoenix.Transactions;

/// <summary>How long to wait before something is asked again.</summary>
public sealed record BackOff
{
    /// <summary>The shortest wait there is: a wrong clock or a zero never makes a loop without pause.</summary>
    public static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(10);

    /// <summary>100 ms, twice as long each time, at most 30 s.</summary>
    public static BackOff Default { get; } = Exponential(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));

    private BackOff(TimeSpan first, TimeSpan longest, double factor) => (First, Longest, Factor) = (first, longest, factor);

    /// <summary>The first wait.</summary>
    public TimeSpan First { get; }

    /// <summary>The longest wait.</summary>
    public TimeSpan Longest { get; }

    /// <summary>What each wait is multiplied by for the next.</summary>
    public double Factor { get; }

    /// <summary>The same wait each time.</summary>
    public static BackOff Fixed(TimeSpan wait) => new(AtLeastFloor(wait), AtLeastFloor(wait), 1);

    /// <summary>Twice as long each time.</summary>
    public static BackOff Exponential(TimeSpan first, TimeSpan longest) => new(AtLeastFloor(first), AtLeastFloor(longest), 2);

    /// <summary>The wait after so many answers, from 1.</summary>
    public TimeSpan After(int answers)
    {
        var wait = First.TotalMilliseconds * Math.Pow(Factor, Math.Clamp(answers - 1, 0, 60));
        return wait < Longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(wait) : Longest;
    }

    private static TimeSpan AtLeastFloor(TimeSpan wait) => wait < Floor ? Floor : wait;
}
