using Microsoft.Extensions.DependencyInjection.Extensions;
using Phoenix.EventStore.Publishing;

namespace Phoenix.EventStore;

/// <summary>Adds what publications stand on to a silo that has the log.</summary>
public static class PublicationExtensions
{
    /// <summary>Adds <see cref="IPublicationCheckpoints"/>.</summary>
    /// <param name="builder">A silo that <c>AddMartenBasedLogConsistencyProvider</c> was called on.</param>
    public static ISiloBuilder AddPublicationCheckpoints(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<IPublicationCheckpoints, PublicationCheckpoints>();
        return builder;
    }
}
