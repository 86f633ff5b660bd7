using System.Data.Common;
using System.Runtime.CompilerServices;
using JasperFx;
using Marten;
using Npgsql;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Changes the database by adding only, whoever asks: the silo's start, Marten when it first needs a table, its command line. One at a
/// time, and never on a schema that a later build has made (decision 0013).
/// </summary>
internal sealed class AddingMigrator(StoreOptions options) : PostgresqlMigrator
{
    /// <summary>What this build makes; tests play other builds.</summary>
    public SchemaVersion Build { get; set; } = SchemaVersion.Current;

    /// <summary>How long another session's migration is waited for. 60 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the database is left as it is, because another role applies the schema.</summary>
    public bool IsClosed { get; set; }

    /// <exception cref="InvalidOperationException">The store was not added as the log needs it.</exception>
    public static AddingMigrator Of(IReadOnlyStoreOptions options) => ((StoreOptions)options).Advanced.Migrator as AddingMigrator
        ?? throw new InvalidOperationException(
            $"Add Marten with {nameof(MartenEventStoreExtensions.AddMartenEventStore)} and configure it with ConfigureMarten<ILogStore>.");

    /// <summary>
    /// Puts this in place of Marten's own migrator, which drops what the configuration does not know. Marten offers no other way.
    /// </summary>
    public static void Use(StoreOptions options)
    {
        var tables = options.Advanced.Migrator.TableCreation;
        FieldOf(options.Advanced) = new AddingMigrator(options) { IsTransactional = options.Advanced.Migrator.IsTransactional, TableCreation = tables };
    }

    /// <summary>Adds what is missing of these objects and says what the database holds now.</summary>
    /// <returns>The version found before, and what differs still.</returns>
    /// <exception cref="SchemaException">An addition failed, or another session held the schema's lock for too long.</exception>
    public async Task<(SchemaVersion Found, IReadOnlyList<ISchemaObjectDelta> Deltas)> AddAsync(
        NpgsqlConnection connection, ISchemaObject[] objects, CancellationToken cancellation)
    {
        var versions = new TableNames(options).SchemaVersions;
        await using var held = await SchemaLock.TakeAsync(connection, Patience, cancellation);
        var found = await SchemaVersions.ReadAsync(connection, versions, cancellation);
        if (IsClosed || found.Number > Build.Number) return (found, []);
        // What was found before the lock was held may have been added since.
        var migration = await SchemaMigration.DetermineAsync(connection, this, cancellation, objects);
        foreach (var statement in Statements(migration)) await ExecuteAsync(connection, statement, cancellation);
        return (found, migration.Deltas);
    }

    /// <summary>What would be added.</summary>
    public IEnumerable<string> Statements(SchemaMigration migration)
    {
        var writer = new StringWriter();
        if (migration.Deltas.Any(delta => delta.Difference == SchemaPatchDifference.Create)) WriteSchemaCreationSql(migration.Schemas, writer);
        foreach (var delta in migration.Deltas) Additions.Write(delta, this, writer);
        // An index that is made concurrently stands alone.
        return writer.ToString()
            .Split([IndexDefinition.IndexCreationBeginComment, IndexDefinition.IndexCreationEndComment], StringSplitOptions.RemoveEmptyEntries)
            .Where(statement => !string.IsNullOrWhiteSpace(statement));
    }

    protected override async Task executeDelta(
        SchemaMigration migration, DbConnection conn, AutoCreate autoCreate, IMigrationLogger logger, CancellationToken ct = default) =>
        await AddAsync((NpgsqlConnection)conn, [.. migration.Deltas.Select(delta => delta.SchemaObject)], ct);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellation)
    {
        try
        {
            // Filling a new index takes as long as it takes; waiting for a table is bounded by the lock's time limit.
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException exception)
        {
            throw new SchemaException(
                $"The schema could not be added to: {exception.MessageText} ({exception.SqlState}). What was added before stays. "
                + "A new column of a table with rows needs a default or may be null; a table that is locked for long is released by ending the session that holds it "
                + $"(pg_locks). The statements began with: {statement.Trim()[..Math.Min(200, statement.Trim().Length)]}", exception);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Migrator>k__BackingField")]
    private static extern ref PostgresqlMigrator FieldOf(AdvancedOptions advanced);
}
