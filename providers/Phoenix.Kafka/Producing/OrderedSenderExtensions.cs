using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Phoenix.Kafka;

/// <summary>Registers senders that keep the order.</summary>
public static class OrderedSenderExtensions
{
    /// <summary>Adds <see cref="IOrderedSenders"/>.</summary>
    /// <param name="services">Service collection.</param>
    /// <param name="configure">Settings; <see cref="KafkaSenderOptions.BootstrapServers"/> is required,
    /// <see cref="KafkaSenderOptions.DeliveryTimeout"/> does not apply.</param>
    public static IServiceCollection AddOrderedSenders(this IServiceCollection services, Action<IServiceProvider,
        KafkaSenderOptions> configure)
    {
        services.TryAddSingleton<IOrderedSenders>(provider =>
        {
            var options = new KafkaSenderOptions();
            configure(provider, options);
            return new OrderedSenders(options);
        });
        return services;
    }
}
