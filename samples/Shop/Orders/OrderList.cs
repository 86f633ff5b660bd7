using System.Text.Json;
using Marten;
using Marten.Events.Projections;
using Phoenix;
using Phoenix.Transactions;
using Shop.Shipments;
using Weasel.Postgresql.Tables;
// Not Phoenix.Model's, which marks what is stored: Marten's carries it.
using IEvent = JasperFx.Events.IEvent;

namespace Shop.Orders;

/// <summary>
/// The read model <c>orders</c>: one row per order in a plain table. What was ordered and how it ended comes from the order's transaction,
/// when the parcel left from the shipment. The transaction's events move a row only to a higher version.
/// </summary>
public sealed class OrderList : EventProjection
{
    private const string StreamPrefix = "shop.order/";
    private readonly string _table;

    /// <summary>Creates the projection.</summary>
    /// <param name="schema">The PostgreSQL schema of the table.</param>
    public OrderList(string schema)
    {
        var table = new Table($"{schema}.orders");
        table.AddColumn<string>("order_id").AsPrimaryKey();
        foreach (var text in (string[])["account", "product", "country", "state"]) table.AddColumn<string>(text).NotNull();
        table.AddColumn<int>("quantity").NotNull();
        table.AddColumn("price", "numeric").NotNull();
        table.AddColumn<string>("code");
        table.AddColumn<DateTimeOffset>("placed_at").NotNull();
        table.AddColumn<DateTimeOffset>("sent_at");
        table.AddColumn<DateTimeOffset>("ended_at");
        table.AddColumn<long>("version").NotNull();
        // Callers of the gateway list orders by these.
        foreach (var column in (string[])["account", "product", "state", "placed_at", "price"])
            table.Indexes.Add(new IndexDefinition($"orders_by_{column}") { Columns = [column, "order_id"] });
        SchemaObjects.Add(table);
        Options.DeleteDataInTableOnTeardown(table.Identifier.QualifiedName);
        _table = table.Identifier.QualifiedName;
        Name = "orders";
        IncludeType<TransactionStarted>();
        IncludeType<TransactionNeedsAttention>();
        IncludeType<TransactionResumed>();
        IncludeType<StepSkipped>();
        IncludeType<TransactionEnded>();
        IncludeType<ParcelSent>();
    }

    /// <summary>Adds one event to the row of its order.</summary>
    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        // What a step stores has its transaction as correlation. Transactions of other kinds have the same events, and a parcel may be
        // sent without an order.
        var stream = e.Data is ParcelSent ? e.CorrelationId : e.StreamKey;
        if (stream?.StartsWith(StreamPrefix, StringComparison.Ordinal) == true) Change(operations, e, stream[StreamPrefix.Length..]);
        return ValueTask.CompletedTask;
    }

    private void Change(IDocumentOperations operations, IEvent e, string id)
    {
        switch (e.Data)
        {
            case TransactionStarted started: Placed(operations, e, id, started); break;
            case ParcelSent: Sent(operations, e, id); break;
            case TransactionEnded end: Ended(operations, e, id, end); break;
            case TransactionNeedsAttention attention: Moved(operations, e, id, "needs-attention", attention.Code); break;
            default: Moved(operations, e, id, "running", ""); break;
        }
    }

    private void Placed(IDocumentOperations operations, IEvent e, string id, TransactionStarted started)
    {
        var order = JsonSerializer.Deserialize<PlaceOrder>(started.Start, PhoenixJson.State)!;
        operations.QueueSqlCommand(
            $"""
            insert into {_table} (order_id, account, product, country, state, quantity, price, placed_at, version)
            values (?, ?, ?, ?, 'running', ?, ?, ?, ?) on conflict (order_id) do nothing
            """,
            id, order.Account, order.Product, order.Country, order.Quantity, order.Price, e.Timestamp.ToUniversalTime(), e.Version);
    }

    private void Sent(IDocumentOperations operations, IEvent e, string id) => operations.QueueSqlCommand(
        $"update {_table} set sent_at = ? where order_id = ?", e.Timestamp.ToUniversalTime(), id);

    private void Ended(IDocumentOperations operations, IEvent e, string id, TransactionEnded end) => operations.QueueSqlCommand(
        $"update {_table} set state = ?, code = nullif(?, ''), ended_at = ?, version = ? where order_id = ? and version < ?",
        end.Completed ? "completed" : "compensated", end.Code ?? "", e.Timestamp.ToUniversalTime(), e.Version, id, e.Version);

    private void Moved(IDocumentOperations operations, IEvent e, string id, string state, string code) => operations.QueueSqlCommand(
        $"update {_table} set state = ?, code = nullif(?, ''), version = ? where order_id = ? and version < ?",
        state, code, e.Version, id, e.Version);
}
