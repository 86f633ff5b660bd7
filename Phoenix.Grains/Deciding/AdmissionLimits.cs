namespace Phoenix.Deciding;

/// <summary>What may wait on one silo.</summary>
/// <param name="Count">Most works.</param>
/// <param name="Bytes">Most bytes in them.</param>
/// <param name="CountOfOne">Most works of one aggregate.</param>
internal readonly record struct AdmissionLimits(int Count, long Bytes, int CountOfOne);
