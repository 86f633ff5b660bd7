using JasperFx.Events.Daemon.HighWater;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// How far Marten's daemon may read: as far as the log's follower has proven that nothing can appear any more, instead of Marten's own
/// look at gaps in the numbers, which waits for every open transaction of the database and passes a gap by after some seconds
/// (marten#5108). And when it looks: as soon as more is proven.
/// </summary>
internal sealed class ProvenMark(ILogFollower log, EventStoreConnections connections, TableNames names, Uri database, TimeProvider time)
    : IHighWaterDetector, IDaemonWakeup
{
    // Between two looks of the daemon: each brings every projection a transaction of its own.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    // When the log takes longer to answer, the daemon goes on with what was proven before, and looks again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _passed = $"select coalesce(max(last_seq_id), 0) from {names.Progression}";

    // Where Marten keeps its own mark: who may read no events, a gateway for example, knows from it how far the log is. Each silo that
    // runs a projection raises it.
    private readonly string _mark = $"""
        insert into {names.Progression} as p (name, last_seq_id) values ('HighWaterMark', $1)
        on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = now() where p.last_seq_id < excluded.last_seq_id
        """;
    private long? _floor;
    private long _told;

    public Uri DatabaseUri => database;

    public Task<HighWaterStatistics> Detect(CancellationToken token) => LookAsync(token);

    public Task<HighWaterStatistics> DetectInSafeZone(CancellationToken token) => LookAsync(token);

    public async Task WaitAsync(TimeSpan timeout, CancellationToken token)
    {
        await Task.Delay(Gather, time, token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(timeout);
        await log.PassedAsync(_told, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        // It owns nothing; the daemon disposes of its wakeup.
    }

    private async Task<HighWaterStatistics> LookAsync(CancellationToken token)
    {
        var before = _told;
        // What a projection has passed was proven once, and is known before anything else is.
        _floor ??= await PassedAsync();
        _told = await SafeAsync(token) is > 0 and var safe ? safe : _floor.Value;
        if (_told > before) await MarkAsync();
        // The end is what is proven, so the daemon finds no gap that it could pass by. Of an empty log Marten expects 1.
        return new() { LastMark = before, CurrentMark = _told, SafeStartMark = _told, HighestSequence = Math.Max(1, _told), Timestamp = time.GetUtcNow() };
    }

    private async Task<long> SafeAsync(CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(Patience);
        try
        {
            return await log.SafeAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return log.Progress.Safe;
        }
    }

    private Task<int> MarkAsync() => connections.AskAsync("projections", _mark, command =>
    {
        command.Parameters.Add(new() { Value = _told });
        return command.ExecuteNonQueryAsync();
    });

    private Task<long> PassedAsync() =>
        connections.AskAsync("projections", _passed, async command => await command.ExecuteScalarAsync() as long? ?? 0);
}
