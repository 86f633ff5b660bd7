using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Phoenix.Kafka;

/// <summary>Registers the producer for processes that are not silos.</summary>
public static class KafkaServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IKafkaSender"/>, and <see cref="IDeadLetterTopics"/> on the same broker.</summary>
    /// <param name="services">Service collection.</param>
    /// <param name="configure">Settings; <see cref="KafkaSenderOptions.BootstrapServers"/> is required.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddKafkaSender(this IServiceCollection services, Action<KafkaSenderOptions> configure)
    {
        services.AddOptions<KafkaSenderOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KafkaSenderOptions>, KafkaSenderOptionsValidator>());
        services.TryAddSingleton<IKafkaSender>(static provider => new KafkaSender(
            provider.GetRequiredService<IOptions<KafkaSenderOptions>>().Value, provider.GetRequiredService<ILogger<KafkaSender>>()));
        services.TryAddSingleton<IDeadLetterTopics, DeadLetterTopics>();
        return services;
    }
}
