using Microsoft.Extensions.DependencyInjection;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.EventStore;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The twin of <c>replay</c>: Marten's live aggregation of the same stream, by a store configured as the product's is.</summary>
internal sealed class MartenReplay : IPart
{
    public const string Name = "marten-replay";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly ILogStore _store;

    private MartenReplay(SiloHost silo) => (_silo, _store) = (silo, silo.Services.GetRequiredService<ILogStore>());

    public static async Task<IPart> StartAsync(PartSettings settings) => new MartenReplay(await PhoenixSilo.StartAsync(settings));

    public Task<RoundResult> RunAsync(RoundOrder order) => _loop.RunAloneAsync(order, () => Task.CompletedTask, async () =>
    {
        await using var session = _store.QuerySession();
        var tally = await session.Events.AggregateStreamAsync<ReplayedTally>($"{Tally.Name}/{ReplayStreams.Plain}");
        if (tally?.Total != ReplayStreams.Events * ReplayStreams.Amount) throw new PartFailedException($"Marten's total is {tally?.Total:N0} instead of {ReplayStreams.Events * ReplayStreams.Amount:N0}.");
    });

    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}
