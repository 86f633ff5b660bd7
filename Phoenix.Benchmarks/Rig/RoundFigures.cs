namespace Phoenix.Benchmarks.Rig;

/// <summary>One round of one side: what the part says, and what the processors did meanwhile.</summary>
/// <param name="Result">What the part says.</param>
/// <param name="CpuMicroseconds">Processor time an operation.</param>
/// <param name="Disturbance">What else the machine did.</param>
internal sealed record RoundFigures(RoundResult Result, CpuShare CpuMicroseconds, Disturbance Disturbance)
{
    public double PerSecond => Result.Operations / Result.Seconds;

    /// <summary>Processors that all known processes of the side kept busy, on average.</summary>
    public double Cores => PerSecond * CpuMicroseconds.Total / 1e6;
}
