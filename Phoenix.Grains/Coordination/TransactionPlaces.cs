using Phoenix.Deciding;

namespace Phoenix.Coordination;

/// <summary>
/// The transactions under way on one silo. Past the limit of all, or of its kind, no start gets a place, so that those under way end as
/// fast as they did: under overload everything would else wait for everything, and one kind that is held up would hold up all.
/// </summary>
internal sealed class TransactionPlaces(TransactionOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Places> _kinds = new(StringComparer.Ordinal);
    private readonly Places _all = new(options.MaxUnderWay, time);
    private long _turns;

    public int Count
    {
        get
        {
            lock (_gate) return _all.Count;
        }
    }

    /// <summary>Takes a place if there is one.</summary>
    public bool TryEnter(string kind)
    {
        lock (_gate)
        {
            var places = Of(kind);
            if (!HasRoom(places)) return false;
            Add(places);
            return true;
        }
    }

    /// <summary>Why a start of the kind was refused just now, and when it is worth another try.</summary>
    public (string Reason, TimeSpan RetryAfter) WhyBusy(string kind)
    {
        lock (_gate)
        {
            var places = Of(kind);
            return places.HasRoom
                ? ($"{_all.Count} transactions are under way on this silo (Phoenix:Transactions:MaxUnderWay)", _all.RetryAfter)
                : ($"{places.Count} transactions of its kind are under way on this silo (Phoenix:Transactions:MaxUnderWayOf:{kind})",
                    places.RetryAfter);
        }
    }

    /// <summary>
    /// Takes a place when there is one; those of a kind get it in their order, and of several kinds with room the one that came first.
    /// Whoever does not want it any more cancels what is returned.
    /// </summary>
    public TaskCompletionSource Wait(string kind)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            var places = Of(kind);
            if (HasRoom(places))
            {
                Add(places);
                turn.SetResult();
            }
            else places.Waiting.Enqueue((_turns++, turn));
        }

        return turn;
    }

    /// <summary>Takes a place although there may be none: what is under way already goes on wherever it is taken up.</summary>
    public void Enter(string kind)
    {
        lock (_gate) Add(Of(kind));
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(string kind)
    {
        TransactionInstruments.Left();
        lock (_gate)
        {
            Of(kind).Leave();
            _all.Leave();
            while (Next() is { } places)
            {
                // One that was cancelled takes none.
                if (places.Waiting.Dequeue().Turn.TrySetResult()) Add(places);
            }
        }
    }

    private Places Of(string kind)
    {
        if (_kinds.TryGetValue(kind, out var places)) return places;
        return _kinds[kind] = new(options.MaxUnderWayOf.TryGetValue(kind, out var limit) ? limit : int.MaxValue, time);
    }

    private bool HasRoom(Places places) => _all.HasRoom && places.HasRoom;

    // Kinds are few.
    private Places? Next() => !_all.HasRoom ? null
        : _kinds.Values.Where(places => places.HasRoom && places.Waiting.Count > 0).MinBy(places => places.Waiting.Peek().Number);

    private void Add(Places places)
    {
        places.Count++;
        _all.Count++;
        TransactionInstruments.Entered();
    }

    private sealed class Places(int limit, TimeProvider time)
    {
        private readonly Pace _pace = new(time);

        public int Count { get; set; }

        public Queue<(long Number, TaskCompletionSource Turn)> Waiting { get; } = [];

        public bool HasRoom => Count < limit;

        public TimeSpan RetryAfter => _pace.RetryAfter(Count);

        public void Leave()
        {
            Count--;
            _pace.Done();
        }
    }
}
