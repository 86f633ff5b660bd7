using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using Weasel.Core;
using Weasel.Core.Migrations;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Before the silo serves anything: looks whether the database can hold a log, adds what is missing of the schema, and refuses to start
/// where either cannot be. Silos that start together wait for each other.
/// </summary>
internal sealed partial class SchemaApplication(IDocumentStore store, EventStoreOptions options, TableNames names, ILogger<SchemaApplication> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SchemaApplication), ServiceLifecycleStage.RuntimeInitialize, StartAsync);

    internal async Task StartAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellation);
        await DatabaseCheck.AssertUsableAsync(connection, cancellation);
        await ApplyAsync(connection, cancellation);
        await EventSequence.AssertAheadAsync(connection, names, cancellation);
    }

    private string ConnectionString => new NpgsqlConnectionStringBuilder(options.ConnectionString)
    {
        ApplicationName = "phoenix-schema",
        Pooling = false,
        Enlist = false,
        Multiplexing = false,
    }.ConnectionString;

    private async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var database = (DatabaseBase<NpgsqlConnection>)store.Storage.Database;
        var migrator = AddingMigrator.Of(store.Options);
        var objects = database.AllObjects().ToArray();
        foreach (var related in objects.OfType<ISchemaObjectWithPostProcessing>().ToArray()) related.PostProcess(objects);

        migrator.IsClosed = !options.ApplySchema;
        var (found, deltas) = await migrator.AddAsync(connection, objects, cancellation);
        var build = migrator.Build;
        if (found.Number > build.Number)
        {
            if (build.Number < found.OldestCompatible) throw TooOld(build, found);
            LogNewer(found.Number, build.Number);
        }
        else if (options.ApplySchema)
        {
            if (found.Number < build.Number) await SchemaVersions.WriteAsync(connection, names.SchemaVersions, build, cancellation);
            foreach (var delta in deltas) LogLeftAlone(delta);
            // Marten need not look again at what is known to it now.
            database.MarkAllFeaturesAsChecked();
        }
        else
        {
            var migration = await SchemaMigration.DetermineAsync(connection, migrator, cancellation, objects);
            if (found.Number < build.Number || migrator.Statements(migration).Any()) throw NotApplied(build, found, migration);
        }
    }

    private void LogLeftAlone(ISchemaObjectDelta delta)
    {
        var found = string.Join(", ", Additions.LeftAlone(delta));
        var table = delta.SchemaObject.Identifier.QualifiedName;
        if (found.Length > 0) LogLeftAlone(table, found);
    }

    private SchemaException TooOld(SchemaVersion build, SchemaVersion found) => new(
        $"The schema '{store.Options.Events.DatabaseSchemaName}' is at version {found.Number}, made by a later build; the oldest that may run on it is of version "
        + $"{found.OldestCompatible}, and this build is of version {build.Number}. Nothing was changed. Run a build of version {found.OldestCompatible} or later, "
        + "or restore a backup from before the migration.");

    private SchemaException NotApplied(SchemaVersion build, SchemaVersion found, SchemaMigration migration) => new(
        $"The schema '{store.Options.Events.DatabaseSchemaName}' is at version {found.Number} and this build needs version {build.Number}; to be added: "
        + string.Join(", ", migration.Deltas.Where(delta => delta.Difference != SchemaPatchDifference.None).Select(delta => delta.SchemaObject.Identifier.QualifiedName))
        + ". ApplySchema is false, so nothing was changed. Start a silo with ApplySchema once, under a role that may create tables.");

    [LoggerMessage(Level = LogLevel.Information, Message = "The schema is at version {Found}, of a later build; this one (version {Build}) runs on it and changes nothing.")]
    private partial void LogNewer(int found, int build);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Table} is left as it is, with what this build does not know: {Found}.")]
    private partial void LogLeftAlone(string table, string found);
}
