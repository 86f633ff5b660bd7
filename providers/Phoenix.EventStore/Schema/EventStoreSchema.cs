using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>Ledger, snapshots, due rows and the schema's own version, applied and migrated by Marten together with its own tables.</summary>
internal sealed class EventStoreSchema(StoreOptions options) : FeatureSchemaBase("phoenix_event_store", options.Advanced.Migrator)
{
    public const string LedgerTable = "phoenix_ledger";
    public const string SnapshotTable = "phoenix_snapshots";
    public const string DueTable = "phoenix_due";
    public const string VersionTable = "phoenix_schema";

    protected override IEnumerable<ISchemaObject> schemaObjects()
    {
        yield return Ledger();
        yield return Snapshots();
        yield return Due();
        yield return Versions();
    }

    private Table Ledger()
    {
        var table = new Table(Name(LedgerTable));
        table.AddColumn("command_id", "uuid").AsPrimaryKey();
        table.AddColumn("stream", "text").AsPrimaryKey();
        table.AddColumn("original_id", "text").AllowNulls();
        table.AddColumn("outcome", "smallint").NotNull();
        table.AddColumn("code", "text").AllowNulls();
        table.AddColumn("message", "text").AllowNulls();
        table.AddColumn("reply", "text").AllowNulls();
        table.AddColumn("version_before", "bigint").NotNull();
        table.AddColumn("version_after", "bigint").NotNull();
        table.AddColumn("command", "text").NotNull();
        table.AddColumn("principal", "text").AllowNulls();
        table.AddColumn("source", "text").AllowNulls();
        table.AddColumn("payload_hash", "bytea").NotNull();
        table.AddColumn("payload", "text").AllowNulls();
        table.AddColumn("recorded_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }

    private Table Snapshots()
    {
        var table = new Table(Name(SnapshotTable));
        table.AddColumn("stream", "text").AsPrimaryKey();
        table.AddColumn("version", "bigint").NotNull();
        table.AddColumn("format_version", "integer").NotNull();
        table.AddColumn("fingerprint", "text").NotNull();
        table.AddColumn("state", "jsonb").NotNull();
        table.AddColumn("taken_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }

    private Table Due()
    {
        var table = new Table(Name(DueTable));
        table.AddColumn("owner", "text").AsPrimaryKey();
        table.AddColumn("name", "text").AsPrimaryKey();
        table.AddColumn("due", "timestamptz").NotNull().AddIndex();
        table.AddColumn("payload", "text").NotNull();
        return table;
    }

    private Table Versions()
    {
        var table = new Table(Name(VersionTable));
        table.AddColumn("version", "integer").AsPrimaryKey();
        table.AddColumn("oldest_compatible", "integer").NotNull();
        table.AddColumn("build", "text").NotNull();
        table.AddColumn("applied_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }

    private PostgresqlObjectName Name(string table) => new(options.Events.DatabaseSchemaName, table, SchemaUtils.IdentifierUsage.General);
}
