using Npgsql;
using Orleans.Core.Internal;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Activation of an aggregate with a long life: from a call to an inactive aggregate to its answer. Making it inactive again is not
/// measured.
/// </summary>
internal sealed class PhoenixActivation : IPart
{
    public const string PlainName = "phoenix-replay";
    public const string SnapshotName = "phoenix-snapshot";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly ITallyGrain _tally;

    private PhoenixActivation(SiloHost silo, string id) => (_silo, _tally) = (silo, silo.Grains.GetGrain<ITallyGrain>(id));

    /// <summary>The aggregate without a snapshot.</summary>
    public static async Task<IPart> StartPlainAsync(PartSettings settings)
    {
        var part = new PhoenixActivation(await PhoenixSilo.StartAsync(settings), ReplayStreams.Plain);
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await ReplayStreams.AddAsync(source, ReplayStreams.Plain, 0, ReplayStreams.Events);
        return part;
    }

    /// <summary>
    /// The aggregate with a snapshot, which the product itself writes when the last event before the tail comes by a command.
    /// </summary>
    public static async Task<IPart> StartSnapshotAsync(PartSettings settings)
    {
        const int before = ReplayStreams.Events - ReplayStreams.Tail;
        var part = new PhoenixActivation(await PhoenixSilo.StartAsync(settings), ReplayStreams.Snapshot);
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await ReplayStreams.AddAsync(source, ReplayStreams.Snapshot, 0, before - 1);
        await part._tally.Execute(new Add(ReplayStreams.Amount));
        await UntilAsync("the snapshot is written", () => ReplayStreams.HasSnapshotAsync(source, ReplayStreams.Snapshot));
        await part.DeactivateAsync();
        await ReplayStreams.AddAsync(source, ReplayStreams.Snapshot, before, ReplayStreams.Tail);
        return part;
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => _loop.RunAloneAsync(order, DeactivateAsync, async () =>
    {
        var total = await _tally.Query(new GetTotal());
        if (total != ReplayStreams.Events * ReplayStreams.Amount) throw new PartFailedException($"The total is {total:N0} instead of {ReplayStreams.Events * ReplayStreams.Amount:N0}.");
    });

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private async Task DeactivateAsync()
    {
        await _tally.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        var management = _silo.Grains.GetGrain<IManagementGrain>(0);
        // Not GetActivationAddress: it answers from a cache that outlives the activation.
        await UntilAsync("the aggregate is inactive", async () => !(await management.GetDetailedGrainStatistics()).Any(grain => grain.GrainId == _tally.GetGrainId()));
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!await condition())
        {
            if (patience.IsCancellationRequested) throw new PartFailedException($"Expected within {Patience.TotalSeconds:0} s: {what}.");
            await rhythm.WaitForNextTickAsync();
        }
    }
}
