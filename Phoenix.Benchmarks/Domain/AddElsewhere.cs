using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>Adds, and sends the same to another tally.</summary>
[Command("bench.add-elsewhere")]
public sealed record AddElsewhere(long Amount, string Other) : ICommand<ITallyGrain>;
