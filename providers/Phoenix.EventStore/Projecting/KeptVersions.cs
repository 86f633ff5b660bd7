using Npgsql;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Projecting;

/// <summary>Lists what versions there are, and removes one when told to.</summary>
internal sealed class KeptVersions : IProjectionVersions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EventStoreConnections _connections;
    private readonly EventStoreOptions _options;
    private readonly string _list, _find, _forget;

    public KeptVersions(ILogStore store, EventStoreConnections connections, EventStoreOptions options)
    {
        (_connections, _options) = (connections, options);
        var names = new TableNames(store.Options);
        var silos = $"""
            (select count(*)::int from {names.ProjectionSilos} s where s.expires > clock_timestamp() and v.shard = any(s.shards))
            """;
        _list = $"""
            select v.version, v.tables, v.since, v.built_at, coalesce(p.last_seq_id, 0), l.last, {silos},
                (select o.owner from {names.Leases} o
                    where o.name = '{ProjectionLeases.Prefix}' || v.shard and o.expires > clock_timestamp())
            from {names.ProjectionVersions} v
            left join {names.Progression} p on p.name = v.shard
            cross join (select case when is_called then last_value else 0 end as last from {names.EventSequence}) l
            where v.projection = $1 order by v.version desc, v.shard
            """;
        _find = $"select v.shard, v.tables, {silos} from {names.ProjectionVersions} v where v.projection = $1 and v.version = $2";
        _forget = $"""
            with progress as (delete from {names.Progression} where name = any($1)),
                leases as (delete from {names.Leases} where name in (select '{ProjectionLeases.Prefix}' || shard from unnest($1) as shard))
            delete from {names.ProjectionVersions} where shard = any($1)
            """;
    }

    public Task<IReadOnlyList<ProjectionVersion>> OfAsync(string projection) =>
        _connections.AskAsync<IReadOnlyList<ProjectionVersion>>("projections", _list, async command =>
        {
            command.Parameters.Add(new() { Value = projection });
            var versions = new List<ProjectionVersion>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                versions.Add(new(reader.GetInt32(0), reader.GetFieldValue<string[]>(1), reader.GetFieldValue<DateTimeOffset>(2),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt64(4), reader.GetInt64(5),
                    reader.GetInt32(6), reader.IsDBNull(7) ? null : reader.GetString(7)));
            }

            return versions;
        });

    public async Task RemoveAsync(string projection, int version, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_options.ConnectionString)
        {
            ApplicationName = "phoenix-schema", Pooling = false, Enlist = false, Multiplexing = false,
            // What stands on a table.
            IncludeErrorDetail = true,
        }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var held = await SchemaLock.TakeAsync(connection, Patience, cancellation);
        var (shards, tables) = await FindAsync(connection, projection, version, cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            foreach (var function in await FunctionsAsync(connection, tables, cancellation))
                await ExecuteAsync(connection, $"drop function {function}", [], cancellation);
            foreach (var table in tables)
                await ExecuteAsync(connection, $"drop table if exists {Quoted(table)}", [], cancellation);
            await ExecuteAsync(connection, _forget, [shards], cancellation);
            await transaction.CommitAsync(cancellation);
        }
        catch (PostgresException exception) when (exception.SqlState
            is PostgresErrorCodes.DependentObjectsStillExist or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException(
                $"Version {version} of '{projection}' was not removed: {exception.MessageText}. {exception.Detail}".Trim(), exception);
        }
    }

    /// <exception cref="InvalidOperationException">It is not there, or in use.</exception>
    private async Task<(string[] Shards, string[] Tables)> FindAsync(
        NpgsqlConnection connection, string projection, int version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(_find, connection)
        {
            Parameters = { new() { Value = projection }, new() { Value = version } },
        };
        var (shards, tables) = (new List<string>(), new List<string>());
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (reader.GetInt32(2) is > 0 and var silos)
            {
                throw new InvalidOperationException(
                    $"Version {version} of '{projection}' is in use: {silos} silos are there whose build has it. Remove it when they are "
                    + "gone.");
            }

            shards.Add(reader.GetString(0));
            tables.AddRange(reader.GetFieldValue<string[]>(1));
        }

        return shards.Count > 0
            ? ([.. shards], [.. tables.Distinct()])
            : throw new InvalidOperationException($"The database has no version {version} of a projection '{projection}'.");
    }

    /// <summary>Marten's functions that write these tables: they are called by its verbs and the table's name.</summary>
    private static async Task<IReadOnlyList<string>> FunctionsAsync(
        NpgsqlConnection connection, string[] tables, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            select distinct f.oid::regprocedure::text from unnest($1) as t(name)
            join pg_namespace n on n.nspname = split_part(t.name, '.', 1)
            join pg_proc f on f.pronamespace = n.oid and f.proname = any(
                select 'mt_' || verb || '_' || regexp_replace(split_part(t.name, '.', 2), '^mt_doc_', '')
                from unnest(array['upsert', 'insert', 'update', 'overwrite', 'delete']) as verb)
            """, connection) { Parameters = { new() { Value = tables } } };
        var functions = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) functions.Add(reader.GetString(0));
        return functions;
    }

    private static string Quoted(string table) => string.Join('.', table.Split('.', 2).Select(TableNames.Quote));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] parameters, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
