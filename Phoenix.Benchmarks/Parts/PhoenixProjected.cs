using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.EventStore;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Grain calls on a silo that projects them meanwhile, on a log that has events already. An order that names a rate also tells how old
/// events are when they are in the read model.
/// </summary>
internal sealed class PhoenixProjected : IPart
{
    public const string Name = "phoenix-projected";
    public const string LagP50 = "lagP50Ms";
    public const string LagP99 = "lagP99Ms";

    /// <summary>The projection is rebuilt all the time (<see cref="PartSettings.Command"/>).</summary>
    public const string Rebuilding = "rebuilding";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly NpgsqlDataSource _source;
    private readonly ProjectedTotals _totals;
    private readonly RandomKeys _keys;
    private readonly ITallyGrain[] _tallies;

    private PhoenixProjected(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings, _source) = (silo, settings, NpgsqlDataSource.Create(settings.Postgres));
        _totals = new(_source, ProjectedTotals.Phoenix);
        _keys = new(settings.Callers, settings.Keys);
        _tallies = [.. TallyIds.First(settings.Keys).Select(id => silo.Grains.GetGrain<ITallyGrain>(id))];
    }

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var part = new PhoenixProjected(await ProjectingSilo.StartAsync(settings), settings);
        await part._totals.ReachAsync(await part._totals.EndAsync());
        return part;
    }

    public async Task<RoundResult> RunAsync(RoundOrder order)
    {
        if (order.Rate is not null) return await WithLagAsync(order);
        if (_settings.Command != Rebuilding) return await CommandsAsync(order);
        using var ended = new CancellationTokenSource();
        var rebuilding = RebuildAsync(ended.Token);
        var result = await CommandsAsync(order);
        await ended.CancelAsync();
        await rebuilding;
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _source.DisposeAsync();
    }

    private Task<RoundResult> CommandsAsync(RoundOrder order) => _loop.RunAsync(order, _settings.Callers, async caller =>
    {
        var outcome = await _tallies[_keys.Next(caller)].Execute(new Add(5));
        if (!outcome.IsAccepted) throw new PartFailedException($"A command was rejected: {outcome.Code}.");
    });

    private async Task<RoundResult> WithLagAsync(RoundOrder order)
    {
        var lag = new ProjectionLag(_source);
        var result = await lag.WatchAsync(CommandsAsync(order), _totals);
        var lags = await lag.LagsAsync();
        return result with { Extra = new() { [LagP50] = lags.Ms(50), [LagP99] = lags.Ms(99) } };
    }

    private async Task RebuildAsync(CancellationToken ended)
    {
        var upkeep = _silo.Services.GetRequiredService<IProjectionUpkeep>();
        try
        {
            while (!ended.IsCancellationRequested) await upkeep.RebuildAsync(ProjectedTotals.Phoenix, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The round is over.
        }
    }
}
