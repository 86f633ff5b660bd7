using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore;
using Shop.Accounts;
using Weasel.Postgresql.Tables;

namespace Phoenix.Tests.Projecting;

/// <summary>One row for each deposit; throws on a deposit of this amount as long as there is one.</summary>
internal sealed class Deposits : EventProjection
{
    private readonly string _table;

    public Deposits(string schema)
    {
        var table = new Table($"{schema}.deposits");
        table.AddColumn<long>("number").AsPrimaryKey();
        table.AddColumn("amount", "numeric").NotNull();
        SchemaObjects.Add(table);
        _table = table.Identifier.QualifiedName;
        Name = "deposits";
        IncludeType<MoneyDeposited>();
    }

    /// <summary>Null after the mend.</summary>
    public decimal? ThrowsAt { get; set; }

    public static Deposits Add(IServiceCollection services, decimal? throwsAt = null)
    {
        var deposits = new Deposits("phoenix") { ThrowsAt = throwsAt };
        services.ConfigureMarten<ILogStore>(options => options.Projections.Add(deposits, ProjectionLifecycle.Async));
        return deposits;
    }

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        var amount = ((MoneyDeposited)e.Data).Amount;
        if (amount == ThrowsAt) throw new InvalidOperationException("A secret of the projection.");
        operations.QueueSqlCommand($"insert into {_table} values (?, ?) on conflict do nothing", e.Sequence, amount);
        return ValueTask.CompletedTask;
    }
}
