using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>
/// The sides that several scenarios share: grain calls on the product, on stock grains, and rows without actors. Each has its own database.
/// </summary>
internal sealed class CommandSides(Servers servers, Stack<IAsyncDisposable> started, int keys)
{
    /// <summary>Connections of the stock silo; fewer were slower, more no faster (docs/performance.md).</summary>
    private const int StockPool = 32;
    private const int RawConnections = 32;
    private const int Callers = 256;

    public async Task<Side> PhoenixAsync(CancellationToken cancellation)
    {
        var settings = new PartSettings { Postgres = await servers.NewDatabaseAsync(PhoenixCommands.Name), Keys = keys, Callers = Callers };
        return new("phoenix", "grain calls, callers in the silo's process", await StartAsync(PhoenixCommands.Name, settings, cancellation), Role.Silo)
        {
            CountEffectsAsync = Effects.OfPhoenix(settings.Postgres),
        };
    }

    public async Task<Side> StockAsync(CancellationToken cancellation)
    {
        var settings = new PartSettings { Postgres = await servers.NewDatabaseAsync(StockCommands.Name), Keys = keys, Callers = Callers, PoolSize = StockPool };
        return new("stock", "JournaledGrain, CustomStorage, a Marten session a command; callers in the silo's process",
            await StartAsync(StockCommands.Name, settings, cancellation), Role.Silo)
        {
            CountEffectsAsync = Effects.Of(settings.Postgres, "select count(*) from mt_events"),
        };
    }

    public async Task<Side> RawRowAsync(CancellationToken cancellation)
    {
        var settings = new PartSettings { Postgres = await servers.NewDatabaseAsync(RawRow.Name), Keys = keys, PoolSize = RawConnections };
        return new("rawRow", "one single-row transaction a command, 32 connections, no actors", await StartAsync(RawRow.Name, settings, cancellation), Role.Client)
        {
            CountEffectsAsync = Effects.Of(settings.Postgres, $"select count(*) from {RawRow.Table}"),
        };
    }

    private async Task<PartProcess> StartAsync(string part, PartSettings settings, CancellationToken cancellation)
    {
        var process = await PartProcess.StartAsync(part, settings, cancellation);
        started.Push(process);
        return process;
    }
}
