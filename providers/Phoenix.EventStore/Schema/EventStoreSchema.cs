using Marten;
using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Ledger, snapshots, due rows, tags, leases, topics that are switched off or have begun, and the schema's own version, applied and
/// migrated by Marten together with its own tables.
/// </summary>
internal sealed class EventStoreSchema(StoreOptions options) : LogSchema("phoenix_event_store", options)
{
    public const string LedgerTable = "phoenix_ledger";
    public const string LedgerTrimTable = "phoenix_ledger_trims";
    public const string SnapshotTable = "phoenix_snapshots";
    public const string DueTable = "phoenix_due";
    public const string TagTable = "phoenix_tags";
    public const string LeaseTable = "phoenix_leases";
    public const string SwitchTable = "phoenix_topics_off";
    public const string TopicStartTable = "phoenix_topic_starts";
    public const string VersionTable = "phoenix_schema";

    protected override IEnumerable<ISchemaObject> schemaObjects()
    {
        yield return Ledger();
        yield return LedgerTrims();
        yield return Snapshots();
        yield return Due();
        yield return Tags();
        yield return Leases();
        yield return Switches();
        yield return TopicStarts();
        yield return Versions();
    }

    private Table Ledger()
    {
        var table = NewTable(LedgerTable);
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
        // By stream, only what no event tells: an accepted command with events is found by the causation of these.
        table.Indexes.Add(new IndexDefinition("phoenix_ledger_eventless")
        {
            Columns = ["stream", "recorded_at"], Predicate = "version_after = version_before",
        });
        // By time: rows come in its order, so a few bytes for each megabyte of the table are enough.
        table.Indexes.Add(new IndexDefinition("phoenix_ledger_time") { Columns = ["recorded_at"], Method = IndexMethod.brin });
        return table;
    }

    private Table LedgerTrims()
    {
        var table = NewTable(LedgerTrimTable);
        table.AddColumn("id", "uuid").AsPrimaryKey().DefaultValueByExpression("gen_random_uuid()");
        table.AddColumn("before", "timestamptz").NotNull();
        table.AddColumn("rows", "bigint").NotNull();
        table.AddColumn("principal", "text").AllowNulls();
        table.AddColumn("trimmed_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }

    private Table Snapshots()
    {
        var table = NewTable(SnapshotTable);
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
        var table = NewTable(DueTable);
        table.AddColumn("owner", "text").AsPrimaryKey();
        table.AddColumn("name", "text").AsPrimaryKey();
        table.AddColumn("due", "timestamptz").NotNull();
        table.AddColumn("payload", "text").NotNull();
        table.AddColumn("generation", "uuid").NotNull().DefaultValueByExpression("gen_random_uuid()");
        table.AddColumn("occurrence", "bigint").NotNull().DefaultValueByExpression("0");
        // What a row asks for: 1 a timer, 2 a send. Others to come have their number here, too.
        table.AddColumn("kind", "smallint").NotNull().DefaultValueByExpression("1");
        table.AddColumn("scheduled", "timestamptz").NotNull().DefaultValueByExpression("now()");
        table.AddColumn("period", "interval").AllowNulls();
        table.AddColumn("target", "text").NotNull().DefaultValueByExpression("''::text");
        table.AddColumn("command", "text").NotNull().DefaultValueByExpression("''::text");
        table.AddColumn("correlation_id", "text").AllowNulls();
        table.AddColumn("attempts", "integer").NotNull().DefaultValueByExpression("0");
        table.AddColumn("last_error", "text").AllowNulls();
        table.AddColumn("dead_since", "timestamptz").AllowNulls();
        // What the owner of a send is told when it is rejected.
        table.AddColumn("told_command", "text").AllowNulls();
        table.AddColumn("told_payload", "text").AllowNulls();
        // The time alone: rows of one time are few, and new ones go to its end.
        table.Indexes.Add(new IndexDefinition("phoenix_due_time") { Columns = ["due"] });
        return table;
    }

    private Table Tags()
    {
        // In this order: a broadcast pages by it.
        var table = NewTable(TagTable);
        table.AddColumn("subscription", "text").AsPrimaryKey();
        table.AddColumn("tag", "text").AsPrimaryKey();
        table.AddColumn("aggregate", "text").AsPrimaryKey();
        table.AddColumn("id", "text").AsPrimaryKey();
        table.AddColumn("since", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }

    private Table Leases()
    {
        var table = NewTable(LeaseTable);
        table.AddColumn("name", "text").AsPrimaryKey();
        table.AddColumn("owner", "text").NotNull();
        table.AddColumn("epoch", "bigint").NotNull();
        table.AddColumn("expires", "timestamptz").NotNull();
        return table;
    }

    private Table Switches()
    {
        var table = NewTable(SwitchTable);
        table.AddColumn("topic", "text").AsPrimaryKey();
        table.AddColumn("since", "timestamptz").NotNull().DefaultValueByExpression("now()");
        table.AddColumn("reason", "text").NotNull();
        return table;
    }

    // Where a topic of somebody else's began to be read. Of a life in which it was not there, it has no places.
    private Table TopicStarts()
    {
        var table = NewTable(TopicStartTable);
        table.AddColumn("topic", "text").AsPrimaryKey();
        table.AddColumn("reader", "text").AsPrimaryKey();
        table.AddColumn("life", "text").NotNull();
        table.AddColumn("places", "bigint[]").NotNull();
        table.AddColumn("begun_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }

    private Table Versions()
    {
        var table = NewTable(VersionTable);
        table.AddColumn("version", "integer").AsPrimaryKey();
        table.AddColumn("oldest_compatible", "integer").NotNull();
        table.AddColumn("build", "text").NotNull();
        table.AddColumn("applied_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }
}
