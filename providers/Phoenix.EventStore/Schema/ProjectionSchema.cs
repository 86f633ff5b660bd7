using Marten;
using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>Which versions of projections the database has, and which silos are there to run them.</summary>
internal sealed class ProjectionSchema(StoreOptions options) : LogSchema("phoenix_projections", options)
{
    public const string VersionTable = "phoenix_projection_versions";
    public const string SiloTable = "phoenix_projection_silos";

    protected override IEnumerable<ISchemaObject> schemaObjects()
    {
        yield return Versions();
        yield return Silos();
    }

    private Table Versions()
    {
        var table = NewTable(VersionTable);
        // As Marten calls it in its table of progress.
        table.AddColumn("shard", "text").AsPrimaryKey();
        table.AddColumn("projection", "text").NotNull();
        table.AddColumn("version", "integer").NotNull();
        // Schema and name of each.
        table.AddColumn("tables", "text[]").NotNull();
        table.AddColumn("since", "timestamptz").NotNull().DefaultValueByExpression("now()");
        // When it had come to the end of the log for the first time.
        table.AddColumn("built_at", "timestamptz").AllowNulls();
        return table;
    }

    private Table Silos()
    {
        var table = NewTable(SiloTable);
        table.AddColumn("owner", "text").AsPrimaryKey();
        // What its build can run.
        table.AddColumn("shards", "text[]").NotNull();
        table.AddColumn("expires", "timestamptz").NotNull();
        return table;
    }
}
