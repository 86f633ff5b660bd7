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

    // Marten wants a limit for a replay, and there is none.
    private static readonly TimeSpan NoLimit = TimeSpan.FromDays(30);

    private readonly DocumentStore _store;
    private readonly IProjectionDaemon _daemon;
    private readonly StoppedProjections _stopped;
    private readonly TableNames _names;

    // What Marten puts behind the names of a version's documents.
    private readonly string _liveSuffix;

    private ProjectionShadow(DocumentStore store, IProjectionDaemon daemon, StoppedProjections stopped, string schema, ShardName live,
        NpgsqlDataSource database)
    {
        (_store, _daemon, _stopped, _names, Schema, Database) = (store, daemon, stopped, new(store.Options), schema, database);
        (LiveShard, Shard) = (live.Identity, new ShardName(live.Name, live.ShardKey, ShadowStores.Version).Identity);
        _liveSuffix = live.Version > 1 ? $"_{live.Version}" : "";
    }

    /// <summary>Where its tables stand.</summary>
    public string Schema { get; }

    /// <summary>Under which name it keeps its progress.</summary>
    public string Shard { get; }

    /// <summary>Under which name the projection in use keeps its.</summary>
    public string LiveShard { get; }

    /// <summary>Where Marten keeps everybody's progress, quoted.</summary>
    public string Progression => _names.Progression;

    /// <summary>Connections to the same database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>Makes the tables anew and fills them from the first event to the last; then they follow the log.</summary>
    /// <exception cref="ArgumentException">There is no such projection, or it cannot have a shadow.</exception>
    public static async Task<ProjectionShadow> StartAsync(
        ShadowStores stores, ProjectionDaemons daemons, string projection, NpgsqlDataSource database, StoppedProjections stopped, ILogger logger,
            CancellationToken cancellation)
    {
        var (store, schema, live) = stores.Create(projection);
        var shadow = new ProjectionShadow(store, daemons.Create(store, logger), stopped, schema, new(projection, ShardName.All, live), database);
        try
        {
            await shadow.DropAsync();
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
            // Without side effects, as Marten rebuilds.
            await shadow._daemon.RebuildProjectionAsync(projection, NoLimit, cancellation);
            await shadow.FollowAsync();
            return shadow;
        }
        catch
        {
            await shadow.DisposeAsync();
            throw;
        }
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

    /// <summary>Stops it and takes its tables away.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _daemon.Dispose();
        await _store.DisposeAsync();
        await DropAsync();
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

    private async Task DropAsync()
    {
        await using var batch = Database.CreateBatch();
        batch.Timeout = 0;
        batch.BatchCommands.Add(new($"drop schema if exists {TableNames.Quote(Schema)} cascade"));
        batch.BatchCommands.Add(new($"delete from {Progression} where name = $1") { Parameters = { new() { Value = Shard } } });
        await batch.ExecuteNonQueryAsync();
    }
}
