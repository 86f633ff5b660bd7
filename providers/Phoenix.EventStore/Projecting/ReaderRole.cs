using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// Keeps a role that may read the read models and nothing of the log, where one is asked for: made when it is missing, without a login, and
/// granted what it lacks each time a silo starts. Nothing is taken from it.
/// </summary>
internal sealed partial class ReaderRole(
    ILogStore store, EventStoreOptions options, ProjectionOptions projections, ILogger<ReaderRole> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    // The tables are there then.
    public const int AfterSchema = ServiceLifecycleStage.RuntimeInitialize + 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(ReaderRole), AfterSchema, StartAsync);

    internal async Task StartAsync(CancellationToken cancellation)
    {
        if (projections.ReaderRole is not { Length: > 0 } role) return;
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "phoenix-schema", Pooling = false, Enlist = false, Multiplexing = false,
        }.ConnectionString);
        await connection.OpenAsync(cancellation);
        // Two that grant the same at once get in each other's way.
        await using var held = await SchemaLock.TakeAsync(connection, Patience, cancellation);
        var missing = await MissingAsync(connection, role, cancellation);
        if (missing.Count == 0) return;
        if (!options.ApplySchema) throw Refused(role, missing, "ApplySchema is false, so nothing was changed.", null);
        try
        {
            foreach (var statement in missing) await ExecuteAsync(connection, statement, cancellation);
            LogGranted(role, missing.Count);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw Refused(role, missing, $"The silo's role may not give it: {exception.MessageText}.", exception);
        }
    }

    /// <summary>What has to be said for the role to be there, and to read every read model.</summary>
    private async Task<IReadOnlyList<string>> MissingAsync(NpgsqlConnection connection, string role, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand("select exists (select from pg_roles where rolname = $1)", connection)
        {
            Parameters = { new() { Value = role } },
        };
        var isThere = await exists.ExecuteScalarAsync(cancellation) is true;
        var (quoted, statements) = (TableNames.Quote(role), new List<string>());
        if (!isThere) statements.Add($"create role {quoted} nologin");
        await using var lacking = new NpgsqlCommand($"""
            select 'usage on schema ' || quote_ident(nspname) from pg_namespace
            where nspname = any($2) and not {(isThere ? "has_schema_privilege($1, oid, 'usage')" : "false")}
            union all
            select format('select on %I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname || '.' || c.relname = any($3) and c.relkind in ('r', 'p', 'v', 'm', 'f')
                and not {(isThere ? "has_table_privilege($1, c.oid, 'select')" : "false")}
            order by 1 desc
            """, connection);
        var relations = ((StoreOptions)store.Options).Projections.All.SelectMany(projection => ProjectionTables.Of(store, projection)).ToHashSet();
        lacking.Parameters.Add(new() { Value = role });
        lacking.Parameters.Add(new() { Value = relations.Select(relation => relation.Schema).Distinct().ToArray() });
        lacking.Parameters.Add(new() { Value = relations.Select(relation => $"{relation.Schema}.{relation.Name}").ToArray() });
        await using var reader = await lacking.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) statements.Add($"grant {reader.GetString(0)} to {quoted}");
        return statements;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        // Roles are the server's: a silo of another database may have made it meanwhile.
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation) { }
    }

    private static SchemaException Refused(string role, IEnumerable<string> missing, string why, Exception? inner) => new(
        $"The role '{role}' ({ProjectionOptions.Section}:ReaderRole) cannot read every read model. {why} Let a role that may say: "
        + $"{string.Join("; ", missing)}. Then start this silo again.", inner);

    [LoggerMessage(Level = LogLevel.Information, Message = "The role '{Role}' may read the read models; {Count} statements were missing.")]
    private partial void LogGranted(string role, int count);
}
