using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Kafka;
using Phoenix.Operating;

namespace Phoenix.Ledger;

/// <summary>Deletes old rows of the ledger on the silo it is active on.</summary>
internal sealed partial class LedgerGrain(LedgerTrimming ledger, LedgerHolds holds, TimeProvider time, ILogger<LedgerGrain> logger)
    : BackgroundGrain, ILedgerGrain
{
    private TrimStatus _status = new() { State = "idle" };

    public async Task<LedgerLook> Look()
    {
        var found = await HoldsAsync();
        return new(found[0].Since, found);
    }

    public async Task Trim(LedgerTrim trim)
    {
        if (IsRunning) throw new InvalidOperationException($"A trim is {_status.State} since {_status.Since:O}. Stop it or wait for its end.");
        var found = await HoldsAsync();
        if (trim.Ignored.Except(found.Select(hold => hold.Name)).FirstOrDefault() is { } unknown)
            throw new InvalidOperationException($"Nothing called '{unknown}' holds rows. What does: {string.Join(", ", found.Select(hold => $"'{hold.Name}'"))}.");
        var first = found.FirstOrDefault(hold => !trim.Ignored.Contains(hold.Name) && hold.Since < trim.Before);
        if (first is not null)
            throw new InvalidOperationException($"Rows since {first.Since:O} are needed by '{first.Name}', which may bring their commands back: without its row each would be decided anew. Trim before that.");
        _status = new() { State = "counting", Since = time.GetUtcNow() };
        Begin(stopping => RunAsync(trim, stopping));
    }

    public Task<bool> Stop() => EndAsync();

    public Task<TrimStatus> Status() => Task.FromResult(_status);

    private async Task RunAsync(LedgerTrim trim, CancellationToken stopping)
    {
        try
        {
            var found = await ledger.CountAsync(trim.Before, stopping);
            _status = _status with { Found = found };
            if (found > trim.AtMost)
            {
                Now("refused", $"{found} rows would be deleted, and at most {trim.AtMost} may.");
                return;
            }

            _status = _status with { State = "trimming" };
            await ledger.DeleteAsync(trim.Before, trim.Principal, gone => _status = _status with { Deleted = gone }, stopping);
            Now("trimmed", null);
            LogTrimmed(_status.Deleted, trim.Before, trim.Principal, trim.Ignored.Count);
        }
        catch (OperationCanceledException)
        {
            Now("stopped", null);
        }
        catch (Exception exception)
        {
            LogFailed(exception);
            Now("failed", exception is LogException ? exception.Message : "It failed; the silo's log has the cause. Trim again: what is gone is gone.");
        }

        void Now(string state, string? error) => _status = _status with { State = state, Since = time.GetUtcNow(), Error = error };
    }

    private Task<IReadOnlyList<LedgerHold>> HoldsAsync() => AskAsync(() => holds.FindAsync(CancellationToken.None));

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is KafkaUnavailableException or KafkaRejectedException or LogException)
        {
            // Neither's own types are known to callers.
            throw new InvalidOperationException(exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rows} rows of the ledger recorded before {Before:O} were deleted for {Principal}, who set {Ignored} hold(s) aside.")]
    private partial void LogTrimmed(long rows, DateTimeOffset before, string? principal, int ignored);

    [LoggerMessage(Level = LogLevel.Error, Message = "Trimming the ledger failed.")]
    private partial void LogFailed(Exception exception);
}
