using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Phoenix.Client.Hosting;
using Phoenix.Client.Replies;
using Phoenix.Client.Sending;
using Phoenix.Kafka;

namespace Phoenix.Client;

/// <summary>Adds the client to an application.</summary>
public static class PhoenixClientServices
{
    /// <summary>
    /// Registers <see cref="IPhoenixClient"/>. In a host, options are checked and connecting begins at start-up; without one, both happen
    /// at the first use.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets at least <see cref="PhoenixClientOptions.BootstrapServers"/> and
    /// <see cref="PhoenixClientOptions.ApplicationName"/>.</param>
    public static IServiceCollection AddPhoenixClient(this IServiceCollection services, Action<PhoenixClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<PhoenixClientOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PhoenixClientOptions>, PhoenixClientOptionsValidation>());
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddKafkaSender(static _ => { });
        services.AddOptions<KafkaSenderOptions>().Configure<IOptions<PhoenixClientOptions>>(Copy);
        services.TryAddSingleton<PendingReplies>();
        services.TryAddSingleton<ReplyTopic>();
        services.TryAddSingleton<ReplyTopicWatch>();
        services.TryAddSingleton<ReplyReader>();
        services.TryAddSingleton<CommandTopics>();
        services.TryAddSingleton<RequestSender>();
        services.TryAddSingleton<IPhoenixClient, PhoenixClient>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EarlyConnection>());
        return services;
    }

    private static void Copy(KafkaSenderOptions sender, IOptions<PhoenixClientOptions> client)
    {
        sender.BootstrapServers = client.Value.BootstrapServers;
        sender.Linger = client.Value.Linger;
        sender.MaxInFlight = client.Value.MaxInFlight;
        // How long an unknown topic is looked for; librdkafka's 30 s are longer than callers wait, and they would not learn the reason.
        sender.ExtraProperties["topic.metadata.propagation.max.ms"] = "5000";
        foreach (var (name, value) in client.Value.ExtraProperties) sender.ExtraProperties[name] = value;
    }
}
