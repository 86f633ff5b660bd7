using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Phoenix.Client.Events;

/// <summary>Adds consumers of published events to an application.</summary>
public static class EventConsumerServices
{
    /// <summary>
    /// Reads published events in a host and hands them to a handler, which is registered as scoped. A health check of the handler's name
    /// tells what holds it up.
    /// </summary>
    /// <typeparam name="THandler">The handler; one consumer for each type.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets at least brokers, group and topics.</param>
    /// <exception cref="ArgumentException">A setting is missing or cannot be; the message lists everything found.</exception>
    public static IServiceCollection AddEventConsumer<THandler>(this IServiceCollection services, Action<EventConsumerOptions> configure)
        where THandler : class, IEventHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new EventConsumerOptions();
        configure(options);
        if (options.Problems().ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(Environment.NewLine, problems));
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<THandler>();
        services.AddSingleton(provider => new EventConsumer<THandler>(
            options, provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EventConsumer<THandler>>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EventConsumer<THandler>>());
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration(
            typeof(THandler).Name, provider => provider.GetRequiredService<EventConsumer<THandler>>(), null, null));
        return services;
    }
}
