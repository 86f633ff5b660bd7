using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Phoenix.EventStore.Projecting;

/// <summary>Holds a projection's tables against the log, and makes them anew while they are read and written.</summary>
internal sealed class ProjectionUpkeep(
    ShadowStores stores, ProjectionDaemons daemons, LeaseTable leases, EventStoreOptions options, ProjectionOptions projections,
    ILocalSiloDetails silo, TimeProvider time, ILogger<ProjectionUpkeep> logger) : IProjectionUpkeep
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private const int Attempts = 20;

    public Task<ProjectionVerdict> VerifyAsync(string projection, Action<ReplayProgress>? told, CancellationToken cancellation) =>
        InShadowAsync(projection, isKept: false, told, async (shadow, tables) =>
    {
        var (found, until, live) = (new RowDifferences(), time.GetTimestamp(), 0L);
        while (found.IsOpen && time.GetElapsedTime(until) < Patience)
        {
            await shadow.KeepRunningAsync(cancellation);
            live = await LookAsync(shadow, tables, found, cancellation);
            if (found.IsOpen) await Task.Delay(Rhythm, time, cancellation);
        }

        return new ProjectionVerdict(live, found.Wrong, found.Open);
    }, cancellation);

    public Task<ProjectionRebuilt> RebuildAsync(string projection, Action<ReplayProgress>? told, CancellationToken cancellation) =>
        // Until it has ended the next one goes on with what there is.
        InShadowAsync(projection, isKept: true, told, async (shadow, tables) =>
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var rebuilt = await TakeOverAsync(shadow, tables, cancellation);
                shadow.IsKept = false;
                return rebuilt;
            }
            // The projection's batch may want the same locks in another order, and a user may hold a row: one of them lets go.
            catch (PostgresException exception) when (attempt < Attempts
                && exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                await Task.Delay(Rhythm, time, cancellation);
            }
        }
    }, cancellation);

    private async Task<T> InShadowAsync<T>(string projection, bool isKept, Action<ReplayProgress>? told,
        Func<ProjectionShadow, IReadOnlyList<TableComparison>, Task<T>> work, CancellationToken cancellation)
    {
        var (lease, owner) = ($"projection-upkeep:{projection}", $"{silo.Name} {Guid.NewGuid():N}");
        if (await leases.TakeAsync(lease, owner, LeaseTime) is null)
            throw new InvalidOperationException($"The projection '{projection}' is being verified or rebuilt already.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var holding = HoldAsync(lease, owner, ended);
        try
        {
            await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = "phoenix-projection-upkeep", MaxPoolSize = 4 });
            await using var shadow = new ProjectionShadow(stores.Create(projection), daemons, new(projections.RebuildShare, time), database,
                new(projections, time, logger), logger) { IsKept = isKept };
            await shadow.PrepareAsync(ended.Token);
            var tables = await CompareAsync(shadow, projection);
            await shadow.FillAsync(told, ended.Token);
            return await work(shadow, tables);
        }
        finally
        {
            await ended.CancelAsync();
            await holding;
            await leases.LeaveAsync(lease, owner);
        }
    }

    /// <exception cref="ArgumentException">There is nothing to compare.</exception>
    /// <exception cref="InvalidOperationException">Rows cannot be told apart.</exception>
    private static async Task<IReadOnlyList<TableComparison>> CompareAsync(ProjectionShadow shadow, string projection)
    {
        var isKept = shadow.IsKept;
        shadow.IsKept = false;
        var tables = new List<TableComparison>();
        foreach (var table in await shadow.TablesAsync()) tables.Add(await TableComparison.OfAsync(shadow.Database, table));
        if (tables.Count == 0)
        {
            throw new ArgumentException(
                $"The projection '{projection}' keeps no table in the schema that Marten gives it, so there is nothing to compare.", nameof(projection));
        }

        shadow.IsKept = isKept;
        return tables;
    }

    private async Task HoldAsync(string lease, string owner, CancellationTokenSource ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(LeaseTime / 3, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!ended.IsCancellationRequested && await leases.TakeAsync(lease, owner, LeaseTime) is null) await ended.CancelAsync();
            }
            catch (LogUnavailableException)
            {
                // What works on the database notices by itself.
            }
        }
    }

    /// <summary>Compares once, in one snapshot; returns where the table in use was.</summary>
    private static async Task<long> LookAsync(ProjectionShadow shadow, IReadOnlyList<TableComparison> tables, RowDifferences found,
        CancellationToken cancellation)
    {
        await using var connection = await shadow.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var live = await PlaceAsync(shadow, connection, shadow.LiveShard, "", cancellation);
        var rows = new List<RowDifference>();
        foreach (var table in tables) rows.AddRange(await table.DifferencesAsync(connection, cancellation));
        found.Look(live, await PlaceAsync(shadow, connection, shadow.Shard, "", cancellation), rows);
        return live;
    }

    /// <summary>
    /// In one transaction: keeps the projection from writing, waits until the shadow is as far, changes what differs, and puts the
    /// projection where the shadow is. Readers see the old rows until it is committed.
    /// </summary>
    private async Task<ProjectionRebuilt> TakeOverAsync(ProjectionShadow shadow, IReadOnlyList<TableComparison> tables,
        CancellationToken cancellation)
    {
        // An attempt before this one may have stopped it.
        await shadow.FollowAsync();
        await using var connection = await shadow.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var all = string.Join(", ", tables.Select(table => table.Tables.Live));
        await ExecuteAsync(connection, $"set local lock_timeout = '2s'; lock table {all} in share row exclusive mode", [], cancellation);
        var live = await PlaceAsync(shadow, connection, shadow.LiveShard, "for update", cancellation);
        await using (var other = await shadow.Database.OpenConnectionAsync(cancellation))
        {
            var since = time.GetTimestamp();
            while (await PlaceAsync(shadow, other, shadow.Shard, "", cancellation) < live)
            {
                await shadow.KeepRunningAsync(cancellation);
                if (time.GetElapsedTime(since) > Patience) throw new TimeoutException("The rebuilt projection did not catch up within two minutes; nothing was changed.");
                await Task.Delay(Rhythm / 10, time, cancellation);
            }
        }

        await shadow.StopAsync();
        var place = await PlaceAsync(shadow, connection, shadow.Shard, "", cancellation);
        var changed = 0L;
        foreach (var table in tables) changed += await table.TakeOverAsync(connection, cancellation);
        await ExecuteAsync(connection, $"update {shadow.Progression} set last_seq_id = $1 where name = $2", [place, shadow.LiveShard],
            cancellation);
        await transaction.CommitAsync(cancellation);
        return new(place, changed);
    }

    private static async Task<long> PlaceAsync(ProjectionShadow shadow, NpgsqlConnection connection, string shard, string locking,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select last_seq_id from {shadow.Progression} where name = $1 {locking}", connection);
        command.Parameters.Add(new() { Value = shard });
        return await command.ExecuteScalarAsync(cancellation) as long? ?? 0;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] parameters, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
