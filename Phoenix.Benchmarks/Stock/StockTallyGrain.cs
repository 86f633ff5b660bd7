using Marten;
using Orleans.EventSourcing;
using Orleans.EventSourcing.CustomStorage;
using Orleans.Providers;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Stock;

/// <summary>
/// What Orleans offers, written as its documentation does: a <c>JournaledGrain</c> whose custom storage is a Marten session a command. The
/// version check is Marten's, the state is kept by the grain, nothing is read between commands.
/// </summary>
[GrainType("bench.stock-tally"), LogConsistencyProvider(ProviderName = StockSilo.LogProvider)]
public sealed class StockTallyGrain(IDocumentStore store) : JournaledGrain<StockTally, Added>, IStockTallyGrain, ICustomStorageInterface<StockTally, Added>
{
    public async Task<long> Add(long amount)
    {
        RaiseEvent(new Added(amount));
        await ConfirmEvents();
        return State.Total;
    }

    public async Task<KeyValuePair<int, StockTally>> ReadStateFromStorage()
    {
        await using var session = store.QuerySession();
        var tally = new StockTally();
        var events = await session.Events.FetchStreamAsync(this.GetPrimaryKeyString());
        foreach (var @event in events) tally.Apply((Added)@event.Data);
        return new(events.Count, tally);
    }

    public async Task<bool> ApplyUpdatesToStorage(IReadOnlyList<Added> updates, int expectedVersion)
    {
        await using var session = store.LightweightSession();
        if (expectedVersion == 0) session.Events.StartStream(this.GetPrimaryKeyString(), updates);
        else session.Events.Append(this.GetPrimaryKeyString(), expectedVersion + updates.Count, updates);
        await session.SaveChangesAsync();
        return true;
    }

    protected override void TransitionState(StockTally state, Added @event) => state.Apply(@event);
}
