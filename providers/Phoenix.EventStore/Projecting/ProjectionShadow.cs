using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Projecting;

/// <summary>A table of a projection, and its namesake in the shadow.</summary>
/// <param name="Live">The table in use, quoted.</param>
/// <param name="Shadow">The one beside it, quoted.</param>
internal sealed record ShadowTable(string Live, string Shadow);

/// <summary>
/// A projection once more, from the first event on, into tables of its own: what the tables in use are held against, and what takes their
/// place in a rebuild. The tables in use, their readers and writers know nothing of it.
/// </summary>
internal sealed class ProjectionShadow : IAsyncDisposable
{
    // One that has stopped is started again so often; then it counts as standing.
    private const int Attempts = 3;

    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(100);

    private readonly DocumentStore _store;
    private readonly IProjectionDaemon _daemon;
    private readonly StoppedProjections _stopped;
    private readonly ReplayPace _pace;
    private readonly TableNames _names;

    // What Marten puts behind the names of a version's documents.
    private readonly string _liveSuffix;

    public ProjectionShadow(
        Shadow shadow, ProjectionDaemons daemons, ReplayPace pace, NpgsqlDataSource database, StoppedProjections stopped, ILogger logger)
    {
        (_store, Schema, var live, Code) = shadow;
        (_stopped, _pace, _names, Database) = (stopped, pace, new(_store.Options), database);
        (LiveShard, Shard) = (live.Identity, new ShardName(live.Name, live.ShardKey, ShadowStores.Version).Identity);
        _liveSuffix = live.Version > 1 ? $"_{live.Version}" : "";
        _daemon = daemons.Create(_store, logger, pace, () => PlaceAsync(Shard));
    }

    /// <summary>Where its tables stand.</summary>
    public string Schema { get; }

    /// <summary>What tells its rules from others: those of two builds with the same code are the same.</summary>
    public string Code { get; }

    /// <summary>Under which name it keeps its progress.</summary>
    public string Shard { get; }

    /// <summary>Under which name the projection in use keeps its.</summary>
    public string LiveShard { get; }

    /// <summary>Where Marten keeps everybody's progress, quoted.</summary>
    public string Progression => _names.Progression;

    /// <summary>Connections to the same database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>Whether its tables stay when it is disposed of: another goes on with them.</summary>
    public bool IsKept { get; set; }

    /// <summary>
    /// Makes the tables anew; when they are to be kept, and there are some of the same code that were, goes on with those.
    /// </summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (IsKept && await IsThereAsync(cancellation)) return;
        await DropAsync();
        await _store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        if (!IsKept) return;
        await using var command = Database.CreateCommand($"comment on schema {TableNames.Quote(Schema)} is '{Code}'");
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Fills the tables up to where the log ends now, at its pace; then they follow the log.</summary>
    /// <param name="told">Is told some times a second how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">It stands at an event that it cannot take.</exception>
    public async Task FillAsync(Action<ReplayProgress>? told, CancellationToken cancellation)
    {
        await FollowAsync();
        var (end, place) = (await EndAsync(), 0L);
        while ((place = await PlaceAsync(Shard)) < end)
        {
            told?.Invoke(new(place, end));
            await KeepRunningAsync(cancellation);
            await Task.Delay(Rhythm, cancellation);
        }

        _pace.Off();
    }

    /// <summary>Its tables, each with the one in use.</summary>
    public async Task<IReadOnlyList<ShadowTable>> TablesAsync()
    {
        var suffix = $"_{ShadowStores.Version}";
        await using var command = Database.CreateCommand("""
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition and c.relname not in ('mt_hilo', 'mt_doc_deadletterevent')
            order by 1
            """);
        command.Parameters.Add(new() { Value = Schema });
        var tables = new List<ShadowTable>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var name = reader.GetString(0);
            var live = name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] + _liveSuffix : name;
            tables.Add(new($"{_names.Schema}.{TableNames.Quote(live)}", $"{TableNames.Quote(Schema)}.{TableNames.Quote(name)}"));
        }

        return tables;
    }

    /// <summary>Stops it and takes its tables away, unless they are kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _daemon.Dispose();
        await _store.DisposeAsync();
        if (!IsKept) await DropAsync();
    }

    /// <summary>Starts it again should it have stopped.</summary>
    /// <exception cref="InvalidOperationException">It stands at an event that it cannot take.</exception>
    public async Task KeepRunningAsync(CancellationToken cancellation)
    {
        await _stopped.LookAsync(_daemon, cancellation);
        if (_stopped.Of(Shard) is { Attempts: >= Attempts } stop) throw new InvalidOperationException($"The replay stands: {stop.Reason}.");
    }

    /// <summary>From where it is it follows the log; nothing happens when it does already.</summary>
    public Task FollowAsync() => _daemon.StartAllAsync();

    /// <summary>It does not follow the log any more.</summary>
    public Task StopAsync() => _daemon.StopAllAsync();

    private async Task<bool> IsThereAsync(CancellationToken cancellation)
    {
        await using var command = Database.CreateCommand("select obj_description(to_regnamespace(quote_ident($1)), 'pg_namespace') = $2");
        command.Parameters.Add(new() { Value = Schema });
        command.Parameters.Add(new() { Value = Code });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private async Task<long> PlaceAsync(string shard)
    {
        await using var command = Database.CreateCommand($"select last_seq_id from {Progression} where name = $1");
        command.Parameters.Add(new() { Value = shard });
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }

    // What was read up to by somebody is proven.
    private async Task<long> EndAsync()
    {
        await using var command = Database.CreateCommand($"select coalesce(max(last_seq_id), 0) from {Progression}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task DropAsync()
    {
        await using var batch = Database.CreateBatch();
        batch.Timeout = 0;
        batch.BatchCommands.Add(new($"drop schema if exists {TableNames.Quote(Schema)} cascade"));
        batch.BatchCommands.Add(new($"delete from {Progression} where name = $1") { Parameters = { new() { Value = Shard } } });
        await batch.ExecuteNonQueryAsync();
    }
}
