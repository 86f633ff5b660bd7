using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The product by grain calls: callers in the silo's process, each command decided, committed with its ledger row, and answered.
/// </summary>
internal sealed class PhoenixCommands : IPart
{
    public const string Name = "phoenix-commands";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly RandomKeys _keys;
    private readonly ITallyGrain[] _tallies;
    private long _touched;

    private PhoenixCommands(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings) = (silo, settings);
        _keys = new(settings.Callers, settings.Keys);
        _tallies = [.. TallyIds.First(settings.Keys).Select(id => silo.Grains.GetGrain<ITallyGrain>(id))];
    }

    /// <summary>Commands that set a timer (<see cref="PartSettings.Command"/>).</summary>
    public const string Later = "later";

    /// <summary>Commands that each touch an aggregate that was never touched before (<see cref="PartSettings.Command"/>).</summary>
    public const string First = "first";

    public static async Task<IPart> StartAsync(PartSettings settings) => new PhoenixCommands(await PhoenixSilo.StartAsync(settings), settings);

    public Task<RoundResult> RunAsync(RoundOrder order) => _loop.RunAsync(order, _settings.Callers, AddAsync);

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private async Task AddAsync(int caller)
    {
        var tally = _settings.Command == First
            ? _silo.Grains.GetGrain<ITallyGrain>($"f-{Interlocked.Increment(ref _touched)}")
            : _tallies[_keys.Next(caller)];
        var outcome = await tally.Execute(_settings.Command == Later ? new AddLater(5) : new Add(5));
        if (!outcome.IsAccepted) throw new PartFailedException($"A command was rejected: {outcome.Code}.");
    }
}
