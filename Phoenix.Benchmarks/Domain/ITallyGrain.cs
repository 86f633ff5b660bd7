namespace Phoenix.Benchmarks.Domain;

public interface ITallyGrain : IAggregateGrain<Tally>;
