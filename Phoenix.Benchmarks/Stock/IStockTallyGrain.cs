namespace Phoenix.Benchmarks.Stock;

public interface IStockTallyGrain : IGrainWithStringKey
{
    /// <summary>One command: one event, confirmed. Returns the new total.</summary>
    Task<long> Add(long amount);
}
