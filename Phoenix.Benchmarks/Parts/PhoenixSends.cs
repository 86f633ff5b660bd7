using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Commands that each send another one. A round ends when the last of those has been delivered and its row is gone, so both are paid for.
/// </summary>
internal sealed class PhoenixSends : IPart
{
    public const string Name = "phoenix-sends";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly DueTable _due;
    private readonly RandomKeys _keys;
    private readonly string[] _ids;

    private PhoenixSends(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings, _due) = (silo, settings, new(NpgsqlDataSource.Create(settings.Postgres)));
        _keys = new(settings.Callers, settings.Keys);
        _ids = TallyIds.First(settings.Keys);
    }

    public static async Task<IPart> StartAsync(PartSettings settings) => new PhoenixSends(await PhoenixSilo.StartAsync(settings), settings);

    public async Task<RoundResult> RunAsync(RoundOrder order)
    {
        var result = await _loop.RunAsync(order, _settings.Callers, SendAsync);
        return result with { Seconds = result.Seconds + (await _due.EmptyAsync()).TotalSeconds };
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _due.DisposeAsync();
    }

    private async Task SendAsync(int caller)
    {
        var (from, to) = (_ids[_keys.Next(caller)], _ids[_keys.Next(caller)]);
        var outcome = await _silo.Grains.GetGrain<ITallyGrain>(from).Execute(new AddElsewhere(5, to));
        if (!outcome.IsAccepted) throw new PartFailedException($"A command was rejected: {outcome.Code}.");
    }
}
