using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Weasel.Postgresql.Tables;

namespace Shop.Accounts;

/// <summary>
/// The read model <c>account_balances</c>: one row per account in a plain table, for SQL. A row moves only to a higher version, so that an
/// event projected twice changes nothing; a rebuild empties the table first.
/// </summary>
public sealed class AccountBalances : EventProjection
{
    private const string StreamPrefix = "shop.account/";
    private readonly string _table;

    /// <summary>Creates the projection.</summary>
    /// <param name="schema">The PostgreSQL schema of the table.</param>
    public AccountBalances(string schema)
    {
        var table = new Table($"{schema}.account_balances");
        table.AddColumn<string>("account_id").AsPrimaryKey();
        table.AddColumn("balance", "numeric").NotNull();
        table.AddColumn<long>("version").NotNull();
        table.AddColumn<DateTimeOffset>("last_change").NotNull();
        table.AddColumn("reserved", "numeric").NotNull().DefaultValue(0);
        // Callers of the gateway list accounts by balance.
        table.Indexes.Add(new IndexDefinition("account_balances_by_balance") { Columns = ["balance", "account_id"] });
        SchemaObjects.Add(table);
        Options.DeleteDataInTableOnTeardown(table.Identifier.QualifiedName);
        _table = table.Identifier.QualifiedName;
        Name = "account_balances";
        IncludeType<AccountOpened>();
        IncludeType<MoneyDeposited>();
        IncludeType<MoneyWithdrawn>();
        IncludeType<AccountClosed>();
        IncludeType<MoneyReserved>();
        IncludeType<ReservedMoneyPaid>();
        IncludeType<ReservedMoneyReleased>();
    }

    /// <summary>Adds one event to the row of its account.</summary>
    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        if (ChangeOf(e.Data) is { } change) Change(operations, e, change);
        return ValueTask.CompletedTask;
    }

    private static (decimal Balance, decimal Reserved)? ChangeOf(object @event) => @event switch
    {
        AccountOpened or AccountClosed => (0, 0),
        MoneyDeposited deposited => (deposited.Amount, 0),
        MoneyWithdrawn withdrawn => (-withdrawn.Amount, 0),
        MoneyReserved reserved => (0, reserved.Amount),
        ReservedMoneyPaid paid => (-paid.Amount, -paid.Amount),
        ReservedMoneyReleased released => (0, -released.Amount),
        _ => null,
    };

    private void Change(IDocumentOperations operations, IEvent e, (decimal Balance, decimal Reserved) change) => operations.QueueSqlCommand(
        $"""
        insert into {_table} as row (account_id, balance, version, last_change, reserved) values (?, ?, ?, ?, ?)
        on conflict (account_id) do update
        set balance = row.balance + excluded.balance, version = excluded.version, last_change = excluded.last_change,
            reserved = row.reserved + excluded.reserved
        where row.version < excluded.version
        """,
        e.StreamKey![StreamPrefix.Length..], change.Balance, e.Version, e.Timestamp.ToUniversalTime(), change.Reserved);
}
