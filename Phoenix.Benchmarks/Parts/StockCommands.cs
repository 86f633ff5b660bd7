using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.Benchmarks.Stock;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The twin <c>stock</c>: the same callers in the same place, on grains as Orleans and Marten offer them.</summary>
internal sealed class StockCommands : IPart
{
    public const string Name = "stock-commands";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly RandomKeys _keys;
    private readonly IStockTallyGrain[] _tallies;

    private StockCommands(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings) = (silo, settings);
        _keys = new(settings.Callers, settings.Keys);
        _tallies = [.. TallyIds.First(settings.Keys).Select(id => silo.Grains.GetGrain<IStockTallyGrain>(id))];
    }

    public static async Task<IPart> StartAsync(PartSettings settings) => new StockCommands(await StockSilo.StartAsync(settings), settings);

    public Task<RoundResult> RunAsync(RoundOrder order) => _loop.RunAsync(order, _settings.Callers, caller => _tallies[_keys.Next(caller)].Add(5));

    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}
