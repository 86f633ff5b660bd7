using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Weasel.Postgresql.Tables;

namespace Phoenix.Tests.Docs;

#region projection
/// <summary>How many points each guest has: a plain table, one row a guest.</summary>
public sealed class GuestPoints : EventProjection
{
    private readonly string _table;

    public GuestPoints(string schema)
    {
        var table = new Table($"{schema}.guest_points");
        table.AddColumn<string>("guest").AsPrimaryKey();
        table.AddColumn<int>("points").NotNull();
        table.AddColumn<long>("version").NotNull();
        SchemaObjects.Add(table);
        Options.DeleteDataInTableOnTeardown(table.Identifier.QualifiedName);
        _table = table.Identifier.QualifiedName;
        Name = "guest_points";
        IncludeType<PointsAdded>();
    }

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        operations.QueueSqlCommand(
            $"""
            insert into {_table} as row (guest, points, version) values (?, ?, ?)
            on conflict (guest) do update set points = row.points + excluded.points, version = excluded.version
            where row.version < excluded.version
            """,
            e.StreamKey!["guide.guest/".Length..], ((PointsAdded)e.Data).Points, e.Version);
        return ValueTask.CompletedTask;
    }
}
#endregion
