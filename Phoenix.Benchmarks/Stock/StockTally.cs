using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Stock;

/// <summary>The state of the stock grain.</summary>
[GenerateSerializer]
public sealed class StockTally
{
    [Id(0)] public long Total { get; set; }

    public void Apply(Added @event) => Total += @event.Amount;
}
