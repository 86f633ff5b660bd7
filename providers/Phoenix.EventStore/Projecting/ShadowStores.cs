using JasperFx.Events.Projections;
using Marten;
using Marten.Internal;
using Phoenix.EventStore.Schema;
using Microsoft.Extensions.DependencyInjection;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Projecting;

/// <summary>Makes stores that read the log of this one and keep the tables of one projection in a schema beside it.</summary>
internal sealed class ShadowStores(Action<IServiceProvider, StoreOptions> configure, IServiceProvider services)
{
    /// <summary>The version under which a shadow keeps its progress; users number theirs from 1, and stay below.</summary>
    public const uint Version = 9000;

    /// <summary>The shadow of a projection, in the version that this build has.</summary>
    /// <exception cref="ArgumentException">There is no such asynchronous projection, or its tables would not stand in the shadow's
    /// schema.</exception>
    public (DocumentStore Store, string Schema, uint Live) Create(string projection)
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
        var live = changeable.Version;
        changeable.OverwriteVersion(Version);
        var elsewhere = found is Marten.Events.Projections.EventProjection { SchemaObjects: { } objects }
            ? objects.OfType<Table>().Where(table => table.Identifier.Schema != schema).ToList()
            : [];
        return elsewhere.Count == 0
            ? (StreamForeignKey.LeaveOut(new DocumentStore(options)), schema, live)
            : throw new ArgumentException(
                $"The projection '{projection}' keeps '{elsewhere[0].Identifier}' in a schema that it names itself. Let it take "
                + "StoreOptions.DatabaseSchemaName, or a rebuild and a verification would write into the table that is in use.",
                    nameof(projection));
    }

    /// <summary>Where a shadow's tables stand.</summary>
    public static string SchemaOf(string schema, string projection) => $"{schema}_shadow_{string.Concat(
        projection.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '_'))}";
}
