using Phoenix.Deciding;

namespace Phoenix.Coordination;

/// <summary>
/// The transactions under way on one silo. Past the limit no start gets a place, so that those under way end as fast as they did: under
/// overload everything would else wait for everything.
/// </summary>
internal sealed class TransactionPlaces(TransactionOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private readonly Pace _pace = new(time);
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>When it is worth another try.</summary>
    public TimeSpan RetryAfter => _pace.RetryAfter(Count);

    /// <summary>Takes a place if there is one.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_count >= options.MaxUnderWay) return false;
            Add();
            return true;
        }
    }

    /// <summary>
    /// Takes a place when there is one; those who wait get it in their order. Whoever does not want it any more cancels what is returned.
    /// </summary>
    public TaskCompletionSource Wait()
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_count < options.MaxUnderWay)
            {
                Add();
                turn.SetResult();
            }
            else _waiting.Enqueue(turn);
        }

        return turn;
    }

    /// <summary>Takes a place although there may be none: what is under way already goes on wherever it is taken up.</summary>
    public void Enter()
    {
        lock (_gate) Add();
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        TransactionInstruments.Left();
        _pace.Done();
        lock (_gate)
        {
            _count--;
            while (_count < options.MaxUnderWay && _waiting.TryDequeue(out var next))
            {
                // One that was cancelled takes none.
                if (next.TrySetResult()) Add();
            }
        }
    }

    private void Add()
    {
        _count++;
        TransactionInstruments.Entered();
    }
}
