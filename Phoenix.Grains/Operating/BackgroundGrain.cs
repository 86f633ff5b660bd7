namespace Phoenix.Operating;

/// <summary>
/// A grain that does one long piece of work at a time for operators, after it has answered the call that began it. The work ends with its
/// silo, so it must be safe to begin again.
/// </summary>
internal abstract class BackgroundGrain : Grain, IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Whether a piece of work is under way.</summary>
    protected bool IsRunning => !_running.IsCompleted;

    /// <summary>Cancelled when the work under way is to stop.</summary>
    protected CancellationToken Stopping => _stopping.Token;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(Timeout.Infinite, cancellationToken));
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Begins a piece of work. It must not throw.</summary>
    protected void Begin(Func<CancellationToken, Task> work)
    {
        DelayDeactivation(KeptFor);
        _stopping.Dispose();
        _stopping = new();
        _running = RunAsync(work, _stopping.Token);
    }

    /// <summary>Stops the work under way and waits for its end. False when there is none.</summary>
    protected async Task<bool> EndAsync()
    {
        if (!IsRunning) return false;
        await _stopping.CancelAsync();
        await _running;
        return true;
    }

    private static async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        // The call that began it is answered first.
        await Task.Yield();
        await work(stopping);
    }
}
