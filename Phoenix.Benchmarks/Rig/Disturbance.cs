namespace Phoenix.Benchmarks.Rig;

/// <summary>What disturbed a round, in cores; figures are worth keeping when both are near nothing.</summary>
/// <param name="Others">Busy for processes that are none of the measured, on average.</param>
/// <param name="Stolen">Taken by the hypervisor, on average.</param>
internal readonly record struct Disturbance(double Others, double Stolen);
