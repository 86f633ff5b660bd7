namespace Phoenix.Client.Sending;

/// <summary>A time limit combined with the caller's own cancellation; it can be started again for another attempt.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenRegistration _registration;
    private CancellationTokenSource _source;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        (_limit, _time, _caller) = (limit, time, caller);
        _source = new(limit, time);
        _registration = caller.UnsafeRegister(static state => ((Deadline)state!)._source.Cancel(), this);
    }

    public CancellationToken Token => _source.Token;

    public TimeSpan Limit => _limit;

    /// <summary>True when time ran out, as opposed to the caller giving up.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Restart()
    {
        var passed = _source;
        _source = new(_limit, _time);
        passed.Dispose();
        // The caller may have cancelled the old source while it was replaced.
        if (_caller.IsCancellationRequested) _source.Cancel();
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
