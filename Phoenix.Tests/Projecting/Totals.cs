using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Phoenix.EventStore;
using Shop.Accounts;
using Weasel.Postgresql.Tables;

namespace Phoenix.Tests.Projecting;

/// <summary>What was ever paid into an account; from version 2 on in cents, and in a table of its own.</summary>
internal sealed class Totals : EventProjection
{
    private readonly string _table;

    // Not the version, which is another one while it is verified.
    private readonly decimal _factor;

    public Totals(string schema, uint version, string? name = null)
    {
        var table = new Table($"{schema}.{name ?? (version == 1 ? "totals" : $"totals_{version}")}");
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn("total", "numeric").NotNull();
        table.AddColumn<long>("version").NotNull();
        SchemaObjects.Add(table);
        Options.DeleteDataInTableOnTeardown(table.Identifier.QualifiedName);
        _table = table.Identifier.QualifiedName;
        (Name, Version, _factor) = ("totals", version, version == 1 ? 1 : 100);
        IncludeType<MoneyDeposited>();
    }

    /// <summary>Of this amount it can take no event, as long as it is set.</summary>
    public static decimal? ThrowsAt { get; set; }

    /// <summary>Registers it for a silo.</summary>
    /// <param name="version">As which version.</param>
    /// <param name="table">Under another name than that of its version.</param>
    public static Action<ISiloBuilder> Of(uint version, string? table = null) => silo => silo.Services.ConfigureMarten<ILogStore>(options =>
        options.Projections.Add(new Totals(options.DatabaseSchemaName, version, table), ProjectionLifecycle.Async));

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        var amount = ((MoneyDeposited)e.Data).Amount;
        if (amount == ThrowsAt) throw new InvalidOperationException("A fault of the projection.");
        operations.QueueSqlCommand(
            $"""
            insert into {_table} as row (account, total, version) values (?, ?, ?)
            on conflict (account) do update set total = row.total + excluded.total, version = excluded.version
            where row.version < excluded.version
            """,
            e.StreamKey!["shop.account/".Length..], _factor * amount, e.Version);
        return ValueTask.CompletedTask;
    }
}
