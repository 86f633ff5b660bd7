using JasperFx.Events.Projections;
using Marten;
using Marten.Events;
using Marten.Events.Projections;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Projecting;

/// <summary>What a projection writes.</summary>
internal static class ProjectionTables
{
    /// <summary>The tables, views and functions that it declares, and the tables of the documents that it writes.</summary>
    public static IReadOnlyCollection<(string Schema, string Name)> Of(IDocumentStore store, IProjectionSource<IDocumentOperations, IQuerySession> projection) =>
        [.. Declared(store, projection).Select(declared => (declared.Identifier.Schema, declared.Identifier.Name)), .. Documents(store, projection)];

    /// <summary>The tables alone.</summary>
    public static IReadOnlyCollection<(string Schema, string Name)> Only(IDocumentStore store, IProjectionSource<IDocumentOperations, IQuerySession> projection) =>
        [.. Declared(store, projection).OfType<Table>().Select(table => (table.Identifier.Schema, table.Identifier.Name)), .. Documents(store, projection)];

    private static IEnumerable<Weasel.Core.ISchemaObject> Declared(IDocumentStore store, IProjectionSource<IDocumentOperations, IQuerySession> projection) =>
        projection is IProjectionSchemaSource source ? source.CreateSchemaObjects((EventGraph)((StoreOptions)store.Options).Events) : [];

    private static IEnumerable<(string Schema, string Name)> Documents(IDocumentStore store, IProjectionSource<IDocumentOperations, IQuerySession> projection) =>
        projection.PublishedTypes().Select(store.Options.FindOrResolveDocumentType).Select(document => (document.TableName.Schema, document.TableName.Name));
}
