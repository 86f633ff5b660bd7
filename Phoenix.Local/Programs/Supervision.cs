
namespace Phoenix.Local.Programs;

/// <summary>
/// Watches the silos and the gateway while the cluster runs: one that ends is told at once, with the last lines of its log, and started
/// again.
/// </summary>
public sealed class Supervision : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // One that lived so long is started again without a pause worth the name.
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Action<string> _tell;
    private readonly bool _restarts;
    private readonly Task _watching;

    /// <summary>Begins to watch.</summary>
    /// <param name="programs">What to watch.</param>
    /// <param name="restarts">Whether one that ended is started again.</param>
    /// <param name="tell">Shows a text to whoever started the cluster.</param>
    public Supervision(IEnumerable<ProgramProcess> programs, bool restarts, Action<string> tell)
    {
        (_restarts, _tell) = (restarts, tell);
        _watching = Task.WhenAll(programs.Select(program => WatchAsync(program)));
    }

    /// <summary>Watches no more, so that the cluster can be stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private async Task WatchAsync(ProgramProcess program)
    {
        var pause = FirstPause;
        var stopping = _stopping.Token;
        try
        {
            while (true)
            {
                var since = TimeProvider.System.GetTimestamp();
                await program.ExitedAsync(stopping);
                if (TimeProvider.System.GetElapsedTime(since) > Healthy) pause = FirstPause;
                _tell($"The {program.Name} has ended, with exit code {program.ExitCode}. The end of its log:\n{program.LogTail()}");
                if (!_restarts)
                {
                    _tell($"The {program.Name} stays down (--no-restart).");
                    return;
                }

                await Task.Delay(pause, stopping);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                await RestartAsync(program, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The cluster stops.
        }
    }

    private async Task RestartAsync(ProgramProcess program, CancellationToken stopping)
    {
        try
        {
            await program.RestartAsync(stopping);
            _tell($"The {program.Name} runs again.");
        }
        catch (ServerDidNotStartException exception)
        {
            // It may be alive without being ready; then its next try needs its end.
            await program.KillAsync();
            _tell(exception.Message);
        }
    }
}
