namespace Phoenix.Benchmarks.Rig;

/// <summary>A side of a measurement, or a piece of one, alive in a process of its own until the run ends.</summary>
internal interface IPart : IAsyncDisposable
{
    /// <summary>Does one round. Rounds never overlap.</summary>
    Task<RoundResult> RunAsync(RoundOrder order);
}
