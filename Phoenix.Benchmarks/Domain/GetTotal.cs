using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

[Query("bench.get-total")]
public sealed record GetTotal : IQuery<ITallyGrain, long>;
