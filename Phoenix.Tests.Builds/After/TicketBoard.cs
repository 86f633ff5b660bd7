using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore;
using Phoenix.Hosting;
using Weasel.Postgresql.Tables;

namespace Phoenix.Tests.Builds.After;

/// <summary>One row for each event that a ticket has, of those it asks for.</summary>
public sealed class TicketBoard : EventProjection
{
    private readonly string _table;

    public TicketBoard(string schema)
    {
        var table = new Table($"{schema}.ticket_board");
        table.AddColumn<long>("number").AsPrimaryKey();
        table.AddColumn<string>("line").NotNull();
        SchemaObjects.Add(table);
        _table = table.Identifier.QualifiedName;
        Name = "ticket_board";
        IncludeType<TicketOpened>();
        IncludeType<CommentAdded>();
    }

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        var line = e.Data switch
        {
            TicketOpened opened => $"{opened.Title} ({opened.Priority})",
            CommentAdded added => added.Text,
            var other => $"unexpected {other}",
        };
        operations.QueueSqlCommand(
            $"insert into {_table} values (?, ?) on conflict (number) do update set line = excluded.line", e.Sequence, line);
        return ValueTask.CompletedTask;
    }
}

public sealed class TicketModule : IDomainModule
{
    public void Configure(IServiceCollection services) => services.ConfigureMarten<ILogStore>(options =>
        options.Projections.Add(new TicketBoard(options.DatabaseSchemaName), ProjectionLifecycle.Async));
}
