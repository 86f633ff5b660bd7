namespace Phoenix.Benchmarks.Rig;

/// <summary>A part ended, failed or did other work than it said: there is no figure.</summary>
internal sealed class PartFailedException(string message) : Exception(message);
