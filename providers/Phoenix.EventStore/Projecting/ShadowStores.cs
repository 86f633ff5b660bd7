using JasperFx.Events.Projections;
using Marten;
using Marten.Internal;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore.Schema;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Projecting;

/// <summary>A store that keeps the tables of one projection beside those in use.</summary>
/// <param name="Store">The store, with this projection alone.</param>
/// <param name="Schema">Where its tables stand.</param>
/// <param name="Live">The projection in use, in the version that this build has.</param>
/// <param name="Code">What tells its rules from others: those of two builds with the same code are the same.</param>
internal sealed record Shadow(DocumentStore Store, string Schema, ShardName Live, string Code);

/// <summary>Makes stores that read the log of this one and keep the tables of one projection in a schema beside it.</summary>
internal sealed class ShadowStores(Action<IServiceProvider, StoreOptions> configure, IServiceProvider services)
{
    /// <summary>The version under which a shadow keeps its progress; users number theirs from 1, and stay below.</summary>
    public const uint Version = 9000;

    /// <summary>The shadow of a projection, in the version that this build has.</summary>
    /// <exception cref="ArgumentException">There is no such asynchronous projection, or its tables would not stand in the shadow's
    /// schema.</exception>
    public Shadow Create(string projection)
    {
        var options = new StoreOptions();
        configure(services, options);
        var schema = SchemaOf(options.DatabaseSchemaName, projection);
        options.Events.DatabaseSchemaName = options.DatabaseSchemaName;
        options.DatabaseSchemaName = schema;
        MartenEventStoreExtensions.UseEventStore(options);
        foreach (var more in services.GetServices<IConfigureMarten<ILogStore>>()) more.Configure(services, options);

        var all = options.Projections.All;
        if (all.Find(one => one.Name == projection) is not { Lifecycle: ProjectionLifecycle.Async } found)
        {
            throw new ArgumentException(
                $"There is no asynchronous projection '{projection}'. There are: {string.Join(", ", all.Select(one => $"'{one.Name}'"))}.", nameof(projection));
        }

        all.RemoveAll(one => one != found);
        if (found is not ProjectionBase changeable) throw new ArgumentException($"The projection '{projection}' cannot be given another version.", nameof(projection));
        var live = new ShardName(projection, ShardName.All, changeable.Version);
        changeable.OverwriteVersion(Version);
        // It is filled by what runs projections, which would let it have the effects of each event a second time.
        changeable.GateSideEffectsBehindPriorVersion = true;
        var elsewhere = found is Marten.Events.Projections.EventProjection { SchemaObjects: { } objects }
            ? objects.OfType<Table>().Where(table => table.Identifier.Schema != schema).ToList()
            : [];
        return elsewhere.Count == 0
            ? new(EventTable.Shape(new DocumentStore(options)), schema, live, CodeOf(found))
            : throw new ArgumentException(
                $"The projection '{projection}' keeps '{elsewhere[0].Identifier}' in a schema that it names itself. Let it take "
                + "StoreOptions.DatabaseSchemaName, or a rebuild and a verification would write into the table that is in use.",
                    nameof(projection));
    }

    // The compiler numbers a module by what it was made of.
    private static string CodeOf(IProjectionSource<IDocumentOperations, IQuerySession> projection) => string.Join(' ',
        projection.PublishedTypes().Prepend(projection.GetType()).Select(type => $"{type.Module.ModuleVersionId:N}").Distinct()
            .Order(StringComparer.Ordinal));

    /// <summary>Where a shadow's tables stand.</summary>
    public static string SchemaOf(string schema, string projection) => $"{schema}_shadow_{string.Concat(
        projection.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '_'))}";
}
