using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Phoenix.Benchmarks.Rig;
using Phoenix.EventStore;
using Phoenix.EventStore.Projecting;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The product's projections, from the first event to the last: caught up with, or rebuilt beside what is there.</summary>
internal sealed class PhoenixCatchUp : IPart
{
    public const string Name = "phoenix-catch-up";

    /// <summary>Rebuilds (<see cref="PartSettings.Command"/>); whoever caught up before has filled the table.</summary>
    public const string Rebuild = "rebuild";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly NpgsqlDataSource _source;
    private readonly ProjectedTotals _totals;
    private readonly ProjectionPasses _passes;
    private readonly ProjectionDaemon _daemon;

    private PhoenixCatchUp(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings, _source) = (silo, settings, NpgsqlDataSource.Create(settings.Postgres));
        _totals = new(_source, ProjectedTotals.Phoenix);
        _passes = new(_totals);
        _daemon = silo.Services.GetServices<IHostedService>().OfType<ProjectionDaemon>().Single();
    }

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var part = new PhoenixCatchUp(await ProjectingSilo.StartAsync(settings), settings);
        // It runs in its own passes only; the other side reads the same log.
        await part.StopAsync();
        return part;
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => _settings.Command == Rebuild ? RebuildAsync(order)
        : _passes.RunAsync(order, () => _daemon.StartAsync(default), StopAsync);

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _source.DisposeAsync();
    }

    private Task StopAsync() => _daemon.StopAsync(default);

    private async Task<RoundResult> RebuildAsync(RoundOrder order)
    {
        var (upkeep, events) = (_silo.Services.GetRequiredService<IProjectionUpkeep>(), await _totals.EndAsync());
        var result = await _loop.RunAloneAsync(
            order, () => Task.CompletedTask, () => upkeep.RebuildAsync(ProjectedTotals.Phoenix, default));
        await _totals.CheckAsync();
        return result with { Operations = result.Operations * events, AllocatedBytes = result.AllocatedBytes / events };
    }
}
