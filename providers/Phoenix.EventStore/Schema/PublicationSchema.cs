using Marten;
using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>How far publications are and who may publish, and the streams that they hold back.</summary>
internal sealed class PublicationSchema(StoreOptions options) : LogSchema("phoenix_publications", options)
{
    public const string PublicationTable = "phoenix_publications";
    public const string ParkedTable = "phoenix_publication_parked";

    protected override IEnumerable<ISchemaObject> schemaObjects()
    {
        yield return Publications();
        yield return Parked();
    }

    private Table Publications()
    {
        var table = NewTable(PublicationTable);
        table.AddColumn("publication", "text").AsPrimaryKey();
        table.AddColumn("state", "smallint").NotNull();
        table.AddColumn("position", "bigint").NotNull();
        table.AddColumn("run", "integer").NotNull();
        table.AddColumn("epoch", "bigint").NotNull();
        table.AddColumn("incarnation", "bigint").NotNull();
        table.AddColumn("life", "text").NotNull();
        table.AddColumn("owner", "text").AllowNulls();
        table.AddColumn("leased_until", "timestamptz").NotNull();
        table.AddColumn("trouble", "text").AllowNulls();
        table.AddColumn("updated_at", "timestamptz").NotNull();
        // Since schema 8; not set in rows of builds before it.
        table.AddColumn("slice", "integer").AllowNulls();
        table.AddColumn("slices", "integer").AllowNulls();
        table.AddColumn("rate", "double precision").AllowNulls();
        table.AddColumn("last_error", "text").AllowNulls();
        table.AddColumn("last_error_at", "timestamptz").AllowNulls();
        return table;
    }

    private Table Parked()
    {
        var table = NewTable(ParkedTable);
        table.AddColumn("publication", "text").AsPrimaryKey();
        table.AddColumn("stream", "text").AsPrimaryKey();
        table.AddColumn("sequence", "bigint").NotNull();
        table.AddColumn("version", "bigint").NotNull();
        table.AddColumn("type", "text").NotNull();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("since", "timestamptz").NotNull();
        return table;
    }
}
