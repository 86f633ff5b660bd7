using Phoenix.Messages;

namespace Phoenix.Coordination;

/// <summary>
/// The place of one transaction among those under way on its silo: from before its start is decided until it has ended. Used in the
/// activation's turns only.
/// </summary>
internal sealed class TransactionPlace(TransactionPlaces places, string kind, string stream)
{
    private readonly List<TaskCompletionSource> _waiting = [];
    private int _starts;
    private bool _isHeld;
    private bool _isRunning;

    private bool _isStopped;

    // A start was accepted, or may be, and running it has not begun.
    private bool _isExpected;

    /// <summary>A start is to be decided; ends with <see cref="Decided"/>.</summary>
    /// <exception cref="BusyException">Too many are under way.</exception>
    public void Begin()
    {
        if (!_isHeld && !places.TryEnter(kind))
        {
            TransactionInstruments.Refused(kind);
            var (reason, retryAfter) = places.WhyBusy(kind);
            throw new BusyException($"{reason}, so '{stream}' is not started.", retryAfter);
        }

        (_isHeld, _isExpected) = (true, true);
        _starts++;
    }

    /// <summary>Like <see cref="Begin"/>, but waits for a place.</summary>
    /// <exception cref="UnavailableException">The activation leaves.</exception>
    public async Task BeginAsync()
    {
        if (!_isHeld)
        {
            var turn = places.Wait(kind);
            _waiting.Add(turn);
            if (_isStopped) turn.TrySetCanceled();
            try
            {
                await turn.Task;
            }
            catch (OperationCanceledException)
            {
                throw new UnavailableException($"'{stream}' leaves this silo. Send the start again with the same id.");
            }

            _waiting.Remove(turn);
            // Another start may have got one meanwhile.
            if (_isHeld) places.Leave(kind);
        }

        (_isHeld, _isExpected) = (true, true);
        _starts++;
    }

    /// <summary>A start is decided.</summary>
    /// <param name="isStarted">It was accepted just now, and is durable.</param>
    public void Decided(bool isStarted)
    {
        _starts--;
        if (!isStarted && _starts == 0) _isExpected = false;
        LeaveIfIdle();
    }

    /// <summary>The transaction is run from here on.</summary>
    public void Running()
    {
        if (!_isHeld) places.Enter(kind);
        (_isHeld, _isRunning, _isExpected) = (true, true, false);
    }

    /// <summary>It is not run any more: it has ended, or waits for somebody.</summary>
    public void Over()
    {
        _isRunning = false;
        LeaveIfIdle();
    }

    /// <summary>The activation leaves.</summary>
    public void Stop()
    {
        _isStopped = true;
        foreach (var turn in _waiting) turn.TrySetCanceled();
        LeaveIfIdle();
    }

    private void LeaveIfIdle()
    {
        if (!_isHeld || _isRunning || _starts > 0 || (_isExpected && !_isStopped)) return;
        _isHeld = false;
        places.Leave(kind);
    }
}
