using Marten;
using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>Dead letters of topics, how far the topics were read, replays of many, and who did what with them.</summary>
internal sealed class LetterSchema(StoreOptions options) : LogSchema("phoenix_letters", options)
{
    public const string LetterTable = "phoenix_letters";
    public const string PositionTable = "phoenix_letter_positions";
    public const string ReplayTable = "phoenix_letter_replays";
    public const string AuditTable = "phoenix_letter_audit";

    protected override IEnumerable<ISchemaObject> schemaObjects()
    {
        yield return Letters();
        yield return Positions();
        yield return Replays();
        yield return Audit();
    }

    private Table Letters()
    {
        var table = NewTable(LetterTable);
        // In this order: a replay pages by it, and keeps the order of each partition.
        table.AddColumn("topic", "text").AsPrimaryKey();
        table.AddColumn("life", "text").AsPrimaryKey();
        table.AddColumn("partition", "integer").AsPrimaryKey();
        table.AddColumn("position", "bigint").AsPrimaryKey();
        table.AddColumn("kind", "smallint").NotNull();
        table.AddColumn("name", "text").NotNull();
        table.AddColumn("letter_id", "text").NotNull();
        table.AddColumn("origin_topic", "text").NotNull();
        table.AddColumn("origin_partition", "integer").NotNull();
        table.AddColumn("origin_position", "bigint").NotNull();
        table.AddColumn("target", "text").AllowNulls();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("message", "text").NotNull();
        table.AddColumn("key_text", "text").NotNull();
        table.AddColumn("key", "bytea").AllowNulls();
        table.AddColumn("headers", "text").NotNull();
        table.AddColumn("body", "bytea").AllowNulls();
        table.AddColumn("body_bytes", "integer").AllowNulls();
        // Whether key, headers and body are all there; else their beginnings are, and the topic has the rest.
        table.AddColumn("whole", "boolean").NotNull();
        table.AddColumn("dead_since", "timestamptz").NotNull();
        table.AddColumn("stored_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        table.AddColumn("state", "smallint").NotNull().DefaultValueByExpression("0");
        table.AddColumn("settled_at", "timestamptz").AllowNulls();
        table.AddColumn("settled_by", "text").AllowNulls();
        table.AddColumn("settled_why", "text").AllowNulls();
        table.Indexes.Add(new IndexDefinition("phoenix_letters_state") { Columns = ["state", "dead_since"] });
        return table;
    }

    private Table Positions()
    {
        var table = NewTable(PositionTable);
        table.AddColumn("topic", "text").AsPrimaryKey();
        table.AddColumn("partition", "integer").AsPrimaryKey();
        table.AddColumn("life", "text").NotNull();
        table.AddColumn("next", "bigint").NotNull();
        return table;
    }

    private Table Replays()
    {
        var table = NewTable(ReplayTable);
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("filter", "text").NotNull();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("found", "bigint").NotNull();
        table.AddColumn("replayed", "bigint").NotNull().DefaultValueByExpression("0");
        table.AddColumn("skipped", "bigint").NotNull().DefaultValueByExpression("0");
        table.AddColumn("cursor", "text").NotNull().DefaultValueByExpression("''::text");
        table.AddColumn("trouble", "text").AllowNulls();
        table.AddColumn("principal", "text").AllowNulls();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("begun_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        table.AddColumn("changed_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        // Replay or discard. A build that knows no discards takes none up: their state while they go on is another, too.
        table.AddColumn("verb", "text").NotNull().DefaultValueByExpression("'replay'::text");
        return table;
    }

    private Table Audit()
    {
        var table = NewTable(AuditTable);
        table.AddColumn("id", "uuid").AsPrimaryKey().DefaultValueByExpression("gen_random_uuid()");
        table.AddColumn("at", "timestamptz").NotNull().DefaultValueByExpression("clock_timestamp()");
        table.AddColumn("principal", "text").AllowNulls();
        table.AddColumn("verb", "text").NotNull();
        table.AddColumn("subject", "text").NotNull();
        table.AddColumn("letters", "bigint").NotNull();
        table.AddColumn("reason", "text").AllowNulls();
        // What is nowhere else afterwards, such as the command of a timer that was discarded.
        table.AddColumn("detail", "text").AllowNulls();
        table.Indexes.Add(new IndexDefinition("phoenix_letter_audit_time") { Columns = ["at", "id"] });
        return table;
    }
}
