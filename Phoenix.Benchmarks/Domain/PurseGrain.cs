using Phoenix.Aggregates;

namespace Phoenix.Benchmarks.Domain;

public sealed class PurseGrain : AggregateGrain<Purse>, IPurseGrain;
