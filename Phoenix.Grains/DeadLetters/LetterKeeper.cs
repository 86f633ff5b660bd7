using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.DeadLetters;

/// <summary>
/// Keeps letters and replays them. Every silo has one; those that have the leases work, the others stand by. Two that work at once for a
/// moment do the same twice, which changes nothing.
/// </summary>
internal sealed partial class LetterKeeper(
    LeaseTable leases, LetterTable table, LetterQueries queries, LetterReplays replays, LetterAudit audit, LetterIntake intake,
    ReplayRun run, DiscardRun discard,
    DeadLetterOptions options, LetterWatch watch, IServiceProvider services, ILocalSiloDetails silo, TimeProvider time,
    ILogger<LetterKeeper> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromMinutes(10);

    private readonly string _owner = $"{silo.SiloAddress} {Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private long? _counted;
    private long? _expired;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(LetterKeeper), ServiceLifecycleStage.Active, Start, _ => StopAsync());

    public void Dispose() => _stopping.Dispose();

    private Task Start(CancellationToken cancellation)
    {
        // Of the process, not of the scheduler that happens to start it.
        _running = Task.WhenAll(
            Task.Run(() => RunAsync("dead-letters", KeepAsync, () => watch.Counted(null)), CancellationToken.None),
            Task.Run(() => RunAsync("dead-letter-replays", ReplayAsync, static () => { }), CancellationToken.None));
        return Task.CompletedTask;
    }

    private async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(string lease, Func<Func<Task<bool>>, Task> work, Action standBy)
    {
        var isMine = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                isMine = await HoldsAsync();
                if (isMine) await work(HoldsAsync);
                else standBy();
                watch.Succeeded(lease);
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                watch.Failed(lease, exception is LogException or KafkaUnavailableException or UnavailableException ? exception.Message
                    : "It failed; the silo's log has the cause.");
                LogInterrupted(exception, lease);
            }
            catch (Exception)
            {
                // The silo stops.
            }

            await Task.Delay(options.ReadEvery, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!isMine) return;
        try
        {
            await leases.LeaveAsync(lease, _owner);
        }
        catch (LogUnavailableException exception)
        {
            LogInterrupted(exception, lease);
        }

        async Task<bool> HoldsAsync() => await leases.TakeAsync(lease, _owner, LeaseTime) is not null;
    }

    private async Task KeepAsync(Func<Task<bool>> holds)
    {
        if (services.GetService<ILetterFeed>() is { } feed) await intake.ReadAsync(feed, holds, _stopping.Token);
        if (IsTime(ref _expired, ExpireEvery))
        {
            while (await ExpireAsync() > 0 && await holds())
                _stopping.Token.ThrowIfCancellationRequested();
        }

        if (IsTime(ref _counted, CountEvery)) watch.Counted(await queries.CountOpenAsync(OpenTransactions.Kind));
    }

    private async Task<long> ExpireAsync() =>
        await table.ExpireAsync(options.KeepSettled, options.KeepOpen) + await audit.ExpireAsync(options.KeepAudit);

    private async Task ReplayAsync(Func<Task<bool>> holds)
    {
        if (await replays.UnderWayAsync() is not { } replay) return;
        try
        {
            await (replay.Discards ? discard.RunAsync(replay, holds, _stopping.Token) : run.RunAsync(replay, holds, _stopping.Token));
        }
        catch (Exception unavailable) when (unavailable is KafkaUnavailableException or UnavailableException)
        {
            await replays.TroubleAsync(replay.Id, unavailable.Message);
            throw;
        }
    }

    private bool IsTime(ref long? last, TimeSpan every)
    {
        if (last is { } before && time.GetElapsedTime(before) < every) return false;
        last = time.GetTimestamp();
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The work '{Lease}' was interrupted; it goes on in a moment.")]
    private partial void LogInterrupted(Exception exception, string lease);
}
