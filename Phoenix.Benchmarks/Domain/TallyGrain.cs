using Phoenix.Aggregates;

namespace Phoenix.Benchmarks.Domain;

public sealed class TallyGrain : AggregateGrain<Tally>, ITallyGrain;
