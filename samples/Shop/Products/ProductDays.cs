using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Shop.Shipments;
using Weasel.Postgresql.Tables;

namespace Shop.Products;

/// <summary>
/// The read model <c>product_days</c>: how many pieces of a product were sent off on a day (of UTC), over all parcels. A row is of many
/// streams, so it keeps the number of the last event that it took, and takes only later ones.
/// </summary>
public sealed class ProductDays : EventProjection
{
    private readonly string _table;

    /// <summary>Creates the projection.</summary>
    /// <param name="schema">The PostgreSQL schema of the table.</param>
    public ProductDays(string schema)
    {
        var table = new Table($"{schema}.product_days");
        // Day and product in one: lists over HTTP go by one column.
        table.AddColumn<string>("id").AsPrimaryKey();
        table.AddColumn("day", "date").NotNull();
        table.AddColumn<string>("product").NotNull();
        table.AddColumn<long>("pieces").NotNull();
        table.AddColumn<long>("parcels").NotNull();
        table.AddColumn<long>("last_event").NotNull();
        // The top of a day, and the days of a product.
        table.Indexes.Add(new IndexDefinition("product_days_by_day") { Columns = ["day", "pieces", "id"] });
        table.Indexes.Add(new IndexDefinition("product_days_by_product") { Columns = ["product", "id"] });
        table.Indexes.Add(new IndexDefinition("product_days_by_pieces") { Columns = ["pieces", "id"] });
        SchemaObjects.Add(table);
        Options.DeleteDataInTableOnTeardown(table.Identifier.QualifiedName);
        _table = table.Identifier.QualifiedName;
        Name = "product_days";
        IncludeType<ParcelSent>();
    }

    /// <summary>Adds one parcel to its day.</summary>
    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        var (sent, day) = ((ParcelSent)e.Data, DateOnly.FromDateTime(e.Timestamp.UtcDateTime));
        operations.QueueSqlCommand(
            $"""
            insert into {_table} as row (id, day, product, pieces, parcels, last_event) values (?, ?, ?, ?, 1, ?)
            on conflict (id) do update
            set pieces = row.pieces + excluded.pieces, parcels = row.parcels + 1, last_event = excluded.last_event
            where row.last_event < excluded.last_event
            """,
            $"{day:yyyy-MM-dd}/{sent.Product}", day, sent.Product, (long)sent.Quantity, e.Sequence);
        return ValueTask.CompletedTask;
    }
}
