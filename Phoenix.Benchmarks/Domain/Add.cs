using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

[Command("bench.add")]
public sealed record Add(long Amount) : ICommand<ITallyGrain>;
