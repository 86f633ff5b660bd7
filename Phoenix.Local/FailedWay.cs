namespace Phoenix.Local;

/// <summary>A way to a server that was tried in vain.</summary>
/// <param name="Way">The way's name.</param>
/// <param name="Reason">Why it did not lead to a server.</param>
/// <param name="Advice">What would make it work.</param>
public sealed record FailedWay(string Way, string Reason, string Advice);
