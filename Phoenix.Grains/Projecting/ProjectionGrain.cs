using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Operating;

namespace Phoenix.Projecting;

/// <summary>Verifies and rebuilds a projection on the silo it is active on, and knows its versions.</summary>
internal sealed partial class ProjectionGrain(
    IProjectionUpkeep upkeep, IProjectionVersions versions, TimeProvider time, ILogger<ProjectionGrain> logger)
    : BackgroundGrain, IProjectionGrain
{
    private volatile ProjectionStatus _status = new() { State = "idle" };

    // Where the replay was when it was heard of first: from there its speed is known. It may have gone on with one that was broken off.
    private (long Position, long At)? _first;

    public Task Verify() => BeginAsync("verifying", async stopping =>
    {
        var verdict = await upkeep.VerifyAsync(this.GetPrimaryKeyString(), Told, stopping);
        return new()
        {
            State = "verified",
            Position = verdict.Position,
            Wrong = [.. verdict.Wrong.Select(row => new WrongRow(row.Table, row.Key, row.Found, row.Expected))],
            Undecided = verdict.Undecided,
        };
    });

    public Task Rebuild() => BeginAsync("rebuilding", async stopping =>
    {
        var rebuilt = await upkeep.RebuildAsync(this.GetPrimaryKeyString(), Told, stopping);
        return new() { State = "rebuilt", Position = rebuilt.Position, Changed = rebuilt.Changed };
    });

    public Task<ProjectionStatus> Status() => Task.FromResult(_status);

    public async Task<IReadOnlyList<KeptVersion>> Versions() =>
        [.. (await versions.OfAsync(this.GetPrimaryKeyString())).Select(VersionOf)];

    public Task RemoveVersion(int version) => versions.RemoveAsync(this.GetPrimaryKeyString(), version, CancellationToken.None);

    private Task BeginAsync(string state, Func<CancellationToken, Task<ProjectionStatus>> work)
    {
        if (IsRunning) throw new InvalidOperationException($"The projection is {_status.State} since {_status.Since:O}.");
        (_status, _first) = (new() { State = state, Since = time.GetUtcNow() }, null);
        Begin(stopping => RunAsync(state, work, stopping));
        return Task.CompletedTask;
    }

    private static KeptVersion VersionOf(ProjectionVersion one) => new()
    {
        Version = one.Version,
        State = one.Silos == 0 ? "resting" : one.BuiltAt is null ? "building" : "live",
        Tables = [.. one.Tables],
        Since = one.Since,
        BuiltAt = one.BuiltAt,
        Position = one.Position,
        Behind = Math.Max(0, one.End - one.Position),
        Silos = one.Silos,
        RunBy = one.RunBy,
    };

    private void Told(ReplayProgress progress)
    {
        _first ??= (progress.Position, time.GetTimestamp());
        var (done, left) = (progress.Position - _first.Value.Position, progress.End - progress.Position);
        _status = _status with
        {
            Position = progress.Position,
            Behind = left,
            SecondsLeft = done > 0 ? Math.Ceiling(time.GetElapsedTime(_first.Value.At).TotalSeconds / done * left) : null,
        };
    }

    private async Task RunAsync(string state, Func<CancellationToken, Task<ProjectionStatus>> work, CancellationToken stopping)
    {
        try
        {
            _status = await work(stopping) with { Since = time.GetUtcNow() };
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
