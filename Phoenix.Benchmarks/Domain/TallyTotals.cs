using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Weasel.Postgresql.Tables;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The read model of the product and of its twin: a plain table, one row a tally, as the shop's balances.</summary>
public sealed class TallyTotals : EventProjection
{
    private readonly string _table;

    /// <summary>Creates the projection.</summary>
    /// <param name="schema">The schema of the table.</param>
    /// <param name="name">Name of projection and table.</param>
    public TallyTotals(string schema, string name)
    {
        var table = new Table($"{schema}.{name}");
        table.AddColumn<string>("tally_id").AsPrimaryKey();
        table.AddColumn<long>("total").NotNull();
        table.AddColumn<long>("version").NotNull();
        table.AddColumn<DateTimeOffset>("last_change").NotNull();
        SchemaObjects.Add(table);
        Options.DeleteDataInTableOnTeardown(table.Identifier.QualifiedName);
        _table = table.Identifier.QualifiedName;
        Name = name;
        IncludeType<Added>();
    }

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        operations.QueueSqlCommand(
            $"""
            insert into {_table} as row (tally_id, total, version, last_change) values (?, ?, ?, ?)
            on conflict (tally_id) do update
            set total = row.total + excluded.total, version = excluded.version, last_change = excluded.last_change
            where row.version < excluded.version
            """,
            e.StreamKey![(Tally.Name.Length + 1)..], ((Added)e.Data).Amount, e.Version, e.Timestamp.ToUniversalTime());
        return ValueTask.CompletedTask;
    }
}
