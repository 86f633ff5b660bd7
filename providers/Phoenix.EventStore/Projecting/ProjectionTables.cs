using Marten;
using Marten.Events;
using Marten.Events.Projections;
using Weasel.Core;
using Weasel.Postgresql.Tables;
using Projection = JasperFx.Events.Projections.IProjectionSource<Marten.IDocumentOperations, Marten.IQuerySession>;

namespace Phoenix.EventStore.Projecting;

/// <summary>What a projection writes.</summary>
internal static class ProjectionTables
{
    /// <summary>The tables, views and functions that it declares, and the tables of the documents that it writes.</summary>
    public static IReadOnlyCollection<(string Schema, string Name)> Of(IDocumentStore store, Projection projection) =>
        [.. Declared(store, projection).Select(declared => (declared.Identifier.Schema, declared.Identifier.Name)), .. Documents(store, projection)];

    /// <summary>The tables alone.</summary>
    public static IReadOnlyCollection<(string Schema, string Name)> Only(IDocumentStore store, Projection projection) =>
    [
        .. Declared(store, projection).OfType<Table>().Select(table => (table.Identifier.Schema, table.Identifier.Name)),
        .. Documents(store, projection),
    ];

    private static IEnumerable<ISchemaObject> Declared(IDocumentStore store, Projection projection) =>
        projection is IProjectionSchemaSource source ? source.CreateSchemaObjects((EventGraph)((StoreOptions)store.Options).Events) : [];

    private static IEnumerable<(string Schema, string Name)> Documents(IDocumentStore store, Projection projection) =>
        projection.PublishedTypes().Select(type => store.Options.FindOrResolveDocumentType(type).TableName)
            .Select(table => (table.Schema, table.Name));
}
