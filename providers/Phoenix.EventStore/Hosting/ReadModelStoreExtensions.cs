using Marten;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore.Projecting;

namespace Phoenix.EventStore;

/// <summary>Lets a host read documents of read models by LINQ, silo or not.</summary>
public static class ReadModelStoreExtensions
{
    /// <summary>Adds <see cref="IReadModelStore"/>. Nothing connects before the first session.</summary>
    /// <param name="services">Services of the host. What they have of <c>ConfigureMarten&lt;ILogStore&gt;</c> is applied here, too.</param>
    /// <param name="connectionString">Where the read models are; a replica or a role that only reads will do.</param>
    /// <param name="configure">Schema and serializer, as the silos have them.</param>
    public static IServiceCollection AddReadModelStore(
        this IServiceCollection services, Func<IServiceProvider, string> connectionString, Action<IServiceProvider, StoreOptions> configure) =>
        services.AddSingleton<IReadModelStore>(provider =>
            ReadModelStore.Create(provider, connectionString(provider), options => configure(provider, options)));
}
