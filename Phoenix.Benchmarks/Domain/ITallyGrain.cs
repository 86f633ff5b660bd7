using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

[Aggregate(Tally.Name)]
public interface ITallyGrain : IAggregateGrain;
