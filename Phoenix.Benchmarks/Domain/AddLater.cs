using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>Adds, and sets a timer that comes on another day; the next one of the same aggregate takes its place.</summary>
[Command("bench.add-later")]
public sealed record AddLater(long Amount) : ICommand<ITallyGrain>;
