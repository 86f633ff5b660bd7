using Phoenix.Messages;

namespace Phoenix.Aggregates;

/// <summary>The last outcomes of one aggregate, filled as commands pass. It only makes repeats cheap: the ledger is what holds guarantee 1.</summary>
internal sealed class RecentOutcomes(int capacity)
{
    private readonly Dictionary<Guid, (byte[] PayloadHash, Outcome Outcome)> _byId = [];
    private readonly Queue<Guid> _order = [];

    public bool TryGet(Guid id, out (byte[] PayloadHash, Outcome Outcome) known) => _byId.TryGetValue(id, out known);

    public void Add(Guid id, byte[] payloadHash, Outcome outcome)
    {
        if (capacity == 0 || !_byId.TryAdd(id, (payloadHash, outcome))) return;
        _order.Enqueue(id);
        if (_order.Count > capacity) _byId.Remove(_order.Dequeue());
    }
}
