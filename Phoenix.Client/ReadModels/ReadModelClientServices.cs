using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Phoenix.Client.ReadModels;

/// <summary>Adds the reading of read models to an application.</summary>
public static class ReadModelClientServices
{
    /// <summary>
    /// Registers <see cref="IReadModelClient"/>. In a host, options are checked at start-up; without one, at the first use.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets at least the gateway and a token.</param>
    public static IServiceCollection AddReadModelClient(this IServiceCollection services, Action<ReadModelClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<ReadModelClientOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ReadModelClientOptions>, Validation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GatewayReader>();
        services.TryAddSingleton<IReadModelClient, ReadModelClient>();
        return services;
    }

    private sealed class Validation : IValidateOptions<ReadModelClientOptions>
    {
        public ValidateOptionsResult Validate(string? name, ReadModelClientOptions options) =>
            options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
