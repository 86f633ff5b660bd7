using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

[Aggregate(Purse.Name)]
public interface IPurseGrain : IAggregateGrain;
