using Microsoft.Extensions.Logging;
using Phoenix.EventStore;

namespace Phoenix.Projecting;

/// <summary>Verifies and rebuilds a projection on the silo it is active on.</summary>
internal sealed partial class ProjectionGrain(IProjectionUpkeep upkeep, TimeProvider time, ILogger<ProjectionGrain> logger)
    : Grain, IProjectionGrain, IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private readonly CancellationTokenSource _stopping = new();
    private ProjectionStatus _status = new() { State = "idle" };
    private Task _running = Task.CompletedTask;

    public Task Verify() => BeginAsync("verifying", async () =>
    {
        var verdict = await upkeep.VerifyAsync(this.GetPrimaryKeyString(), _stopping.Token);
        return new()
        {
            State = "verified",
            Position = verdict.Position,
            Wrong = [.. verdict.Wrong.Select(row => new WrongRow(row.Table, row.Key, row.Found, row.Expected))],
            Undecided = verdict.Undecided,
        };
    });

    public Task Rebuild() => BeginAsync("rebuilding", async () =>
    {
        var rebuilt = await upkeep.RebuildAsync(this.GetPrimaryKeyString(), _stopping.Token);
        return new() { State = "rebuilt", Position = rebuilt.Position, Changed = rebuilt.Changed };
    });

    public Task<ProjectionStatus> Status() => Task.FromResult(_status);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(Timeout.Infinite, cancellationToken));
    }

    public void Dispose() => _stopping.Dispose();

    private Task BeginAsync(string state, Func<Task<ProjectionStatus>> work)
    {
        if (!_running.IsCompleted) throw new InvalidOperationException($"The projection is {_status.State} since {_status.Since:O}.");
        DelayDeactivation(KeptFor);
        _status = new() { State = state, Since = time.GetUtcNow() };
        _running = RunAsync(state, work);
        return Task.CompletedTask;
    }

    private async Task RunAsync(string state, Func<Task<ProjectionStatus>> work)
    {
        // The call that began it is answered first.
        await Task.Yield();
        try
        {
            _status = await work() with { Since = time.GetUtcNow() };
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or TimeoutException)
        {
            Failed(exception.Message);
        }
        catch (Exception exception)
        {
            LogFailed(exception, this.GetPrimaryKeyString(), state);
            Failed("It failed; the silo's log has the cause. Nothing was changed.");
        }

        void Failed(string reason) => _status = new() { State = "failed", Since = time.GetUtcNow(), Error = reason };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{State} the projection '{Projection}' failed.")]
    private partial void LogFailed(Exception exception, string projection, string state);
}
