namespace Phoenix.Benchmarks.Rig;

/// <summary>All measured rounds of one side, in order; its figures are medians over the rounds.</summary>
/// <param name="Side">The side.</param>
/// <param name="Rounds">Its rounds.</param>
/// <param name="WarmUp">Operations a second in the slices of its warm-up, in order: the last two show whether it was steady.</param>
internal sealed record SideFigures(Side Side, IReadOnlyList<RoundFigures> Rounds, IReadOnlyList<double> WarmUp)
{
    public double PerSecond => Medians.Of(Rounds.Select(round => round.PerSecond));
    public double P50Ms => Medians.Of(Rounds.Select(round => round.Result.P50Ms));
    public double P99Ms => Medians.Of(Rounds.Select(round => round.Result.P99Ms));
    public double P999Ms => Medians.Of(Rounds.Select(round => round.Result.P999Ms));
    public double AllocatedBytes => Medians.Of(Rounds.Select(round => round.Result.AllocatedBytes));
    public CpuShare CpuMicroseconds => CpuShare.Median([.. Rounds.Select(round => round.CpuMicroseconds)]);

    public Disturbance Disturbance => new(Medians.Of(Rounds.Select(round => round.Disturbance.Others)), Medians.Of(Rounds.Select(round => round.Disturbance.Stolen)));

    /// <summary>
    /// How many times the other's rate this side does: the median of the rounds' own ratios, since a machine drifts over a run but little
    /// over a pair of rounds.
    /// </summary>
    public double RatioTo(SideFigures other) => Medians.Of(Rounds.Zip(other.Rounds, (mine, its) => mine.PerSecond / its.PerSecond));
}
