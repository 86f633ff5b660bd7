using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// Keeps which versions of projections the database has, with their tables and whether they were ever built. A silo writes down its own
/// when it starts, and refuses to start with one that writes where another version does.
/// </summary>
internal sealed partial class ProjectionVersions : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ILogStore _store;
    private readonly EventStoreConnections _connections;
    private readonly EventStoreOptions _options;
    private readonly ILogger<ProjectionVersions> _logger;
    private readonly string _others, _add, _built, _unbuilt;

    public ProjectionVersions(
        ILogStore store, EventStoreConnections connections, EventStoreOptions options, ILogger<ProjectionVersions> logger)
    {
        (_store, _connections, _options, _logger) = (store, connections, options, logger);
        var table = new TableNames(store.Options).ProjectionVersions;
        _others = $"""
            select version, (select t from unnest(tables) t where t = any($3) order by t limit 1) from {table}
            where projection = $1 and version <> $2 and tables && $3 order by version desc limit 1
            """;
        // Tables are added to a version, as in the schema; nothing is taken from it.
        _add = $"""
            insert into {table} as v (shard, projection, version, tables) values ($1, $2, $3, $4)
            on conflict (shard) do update set tables = array(select distinct unnest(v.tables || excluded.tables) order by 1)
            where not v.tables @> excluded.tables
            returning xmax = 0
            """;
        _built = $"update {table} set built_at = now() where shard = any($1) and built_at is null";
        _unbuilt = $"select shard from {table} where shard = any($1) and built_at is null";
    }

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(ProjectionVersions), ReaderRole.AfterSchema, StartAsync);

    /// <summary>Writes down what this build has.</summary>
    /// <exception cref="SchemaException">A projection writes into a table of another version of it.</exception>
    internal async Task StartAsync(CancellationToken cancellation)
    {
        var all = All().ToList();
        if (all.Count == 0) return;
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_options.ConnectionString)
        {
            ApplicationName = "phoenix-schema", Pooling = false, Enlist = false, Multiplexing = false,
        }.ConnectionString);
        await connection.OpenAsync(cancellation);
        // So that no version is removed while a silo with it starts.
        await using var held = await SchemaLock.TakeAsync(connection, Patience, cancellation);
        foreach (var one in all) await AssertApartAsync(connection, one, cancellation);
        foreach (var one in all) await AddAsync(connection, one, cancellation);
    }

    /// <summary>Which of these have not come to the end of the log yet.</summary>
    public Task<IReadOnlySet<string>> UnbuiltAsync(string[] shards) =>
        _connections.AskAsync<IReadOnlySet<string>>("projections", _unbuilt, async command =>
        {
            command.Parameters.Add(new() { Value = shards });
            var unbuilt = new HashSet<string>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) unbuilt.Add(reader.GetString(0));
            return unbuilt;
        });

    /// <summary>They have come to the end of the log.</summary>
    public Task BuiltAsync(string[] shards) => _connections.AskAsync("projections", _built, command =>
    {
        command.Parameters.Add(new() { Value = shards });
        return command.ExecuteNonQueryAsync();
    });

    private IEnumerable<Version> All()
    {
        var all = ((StoreOptions)_store.Options).Projections.All;
        foreach (var projection in all.Where(one => one.Lifecycle == ProjectionLifecycle.Async))
        {
            string[] tables = [.. ProjectionTables.Only(_store, projection).Select(table => $"{table.Schema}.{table.Name}")];
            foreach (var shard in projection.Shards()) yield return new(shard.Name.Identity, projection.Name, (int)projection.Version, tables);
        }
    }

    private async Task AssertApartAsync(NpgsqlConnection connection, Version one, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(_others, connection)
        {
            Parameters = { new() { Value = one.Projection }, new() { Value = one.Number }, new() { Value = one.Tables } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return;
        throw new SchemaException(
            $"Version {one.Number} of the projection '{one.Projection}' writes into {reader.GetString(1)}, which is version "
            + $"{reader.GetInt32(0)}'s: builds with the one and the other would write into it at once. Give each version a table of its own, "
            + $"for example {reader.GetString(1)}_{one.Number}.");
    }

    private async Task AddAsync(NpgsqlConnection connection, Version one, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(_add, connection)
        {
            Parameters =
            {
                new() { Value = one.Shard }, new() { Value = one.Projection }, new() { Value = one.Number }, new() { Value = one.Tables },
            },
        };
        if (await command.ExecuteScalarAsync(cancellation) is true) LogNew(one.Projection, one.Number);
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Version {Version} of the projection '{Projection}' is new to this database; it is filled from the first event on.")]
    private partial void LogNew(string projection, int version);

    private sealed record Version(string Shard, string Projection, int Number, string[] Tables);
}
