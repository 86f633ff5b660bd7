namespace Phoenix.Benchmarks.Rig;

/// <summary>How long and how often a run measures.</summary>
/// <param name="Seconds">Measured time a side, after its warm-up.</param>
/// <param name="WarmUpSeconds">Least warm-up a side.</param>
/// <param name="Rounds">Rounds that the measured time is spread over, the sides taking turns.</param>
/// <param name="Aggregates">Aggregates that <c>memory</c> touches.</param>
/// <param name="Events">Stored events that <c>publish</c> sends, and that <c>projections</c> has at most.</param>
/// <param name="Builds">Which side <c>builds</c> compares, and the other build's program.</param>
internal sealed record Plan(
    double Seconds, double WarmUpSeconds, int Rounds, int Aggregates, int Events, (string Of, string Other)? Builds = null)
{
    public double SecondsARound => Seconds / Rounds;

    /// <summary>An open loop at 70 % of a rate, longer than a round: a tail needs more operations than a median.</summary>
    public RoundOrder At70(double perSecond) => new(Math.Max(SecondsARound, Seconds / 2), perSecond * 0.7);
}
