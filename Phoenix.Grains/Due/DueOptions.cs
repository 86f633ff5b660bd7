namespace Phoenix.Due;

/// <summary>How timers and sends are delivered. Bound from <c>Phoenix:Due</c>.</summary>
public sealed class DueOptions
{
    /// <summary>How often what is due is looked for: a timer is late by at most this while storage and silos answer. Default 1 s.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the silo that sweeps keeps the right to, by the database's clock, without renewing it: so long nobody delivers when it is
    /// lost. A silo that stops gives it back. Default 5 s.
    /// </summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long after its commit a send is left to the silo that committed it, before the sweeper takes it for lost. Default 2 s.
    /// </summary>
    public TimeSpan SendGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Most deliveries under way at once by the sweeper. Default 256.</summary>
    public int MaxInFlight { get; set; } = 256;

    /// <summary>
    /// Most sends that a silo delivers at once right after their commits; those beyond wait for <see cref="SendGrace"/> and the sweeper.
    /// Default 4,000.
    /// </summary>
    public int MaxSendsInFlight { get; set; } = 4_000;

    /// <summary>Rows that are read at once. Default 500.</summary>
    public int PageRows { get; set; } = 500;

    /// <summary>How often a handler may fail before its row becomes a dead letter. Default 10.</summary>
    public int Attempts { get; set; } = 10;

    /// <summary>The pause after the first failure; it doubles with each. Default 1 s.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause. Default 1 min.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How late deliveries may be before the silo that sweeps says that something is wrong. Default 30 s.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromSeconds(30);

    internal TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures, 30));
        return pause < LongestPause.TotalSeconds ? TimeSpan.FromSeconds(pause) : LongestPause;
    }

    internal IEnumerable<string> Problems()
    {
        if (SweepEvery < TimeSpan.FromMilliseconds(10) || SweepEvery > TimeSpan.FromMinutes(1)) yield return $"Phoenix:Due:SweepEvery is 10 ms to 1 min; found {SweepEvery}.";
        if (LeaseTime < 2 * SweepEvery) yield return $"Phoenix:Due:LeaseTime is at least twice SweepEvery ({SweepEvery}); found {LeaseTime}.";
        if (SendGrace < TimeSpan.Zero || SendGrace > TimeSpan.FromHours(1)) yield return $"Phoenix:Due:SendGrace is zero to 1 h; found {SendGrace}.";
        if (MaxInFlight is < 1 or > 100_000) yield return $"Phoenix:Due:MaxInFlight is 1 to 100,000; found {MaxInFlight}.";
        if (MaxSendsInFlight is < 0 or > 100_000) yield return $"Phoenix:Due:MaxSendsInFlight is 0 to 100,000; found {MaxSendsInFlight}.";
        if (PageRows is < 1 or > 10_000) yield return $"Phoenix:Due:PageRows is 1 to 10,000; found {PageRows}.";
        if (Attempts < 1) yield return $"Phoenix:Due:Attempts is at least 1; found {Attempts}.";
        if (FirstPause <= TimeSpan.Zero || LongestPause < FirstPause) yield return $"Phoenix:Due:FirstPause is more than zero and at most LongestPause; found {FirstPause} and {LongestPause}.";
        if (LateAfter <= SweepEvery) yield return $"Phoenix:Due:LateAfter is more than SweepEvery ({SweepEvery}); found {LateAfter}.";
    }
}
