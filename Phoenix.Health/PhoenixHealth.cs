using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Phoenix.Health;

/// <summary>Adds what the endpoints need.</summary>
public static class PhoenixHealth
{
    /// <summary>
    /// Adds the report, the check <c>shutdown</c> (tagged <c>ready</c>), which fails from the moment the process is told to stop, and the
    /// delay between that moment and the stop. Settings come from the section <c>Phoenix:Shutdown</c> and then from
    /// <paramref name="configure"/>; they are checked when the host starts. The host's other checks say by the tags <c>live</c> and
    /// <c>ready</c> what they decide. A second call adds nothing but its <paramref name="configure"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options.</param>
    public static IServiceCollection AddPhoenixHealth(this IServiceCollection services, Action<ShutdownOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(service => service.ServiceType == typeof(Reports))) AddOnce(services);
        if (configure is not null) services.Configure(configure);
        return services;
    }

    private static void AddOnce(IServiceCollection services)
    {
        services.AddOptions<ShutdownOptions>().BindConfiguration(ShutdownOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ShutdownOptions>, ShutdownOptionsValidation>();
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<ShutdownOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Changes>().AddSingleton<Reports>().AddHostedService<ShutdownDelay>();
        services.AddOptions<HostOptions>().Configure<IServiceProvider>(Limit);
        services.AddHealthChecks().AddCheck<ShutdownCheck>("shutdown", tags: [HealthTags.Ready]);
    }

    private static void Limit(HostOptions host, IServiceProvider services)
    {
        try
        {
            // The host's time limit covers the delay as well.
            var shutdown = services.GetRequiredService<ShutdownOptions>();
            host.ShutdownTimeout = shutdown.NotReadyDelay + shutdown.DrainTimeLimit;
        }
        catch (OptionsValidationException)
        {
            // This is asked for before the host starts; its start will say what is wrong, and not this alone.
        }
    }
}

/// <summary>What a check decides; a check without either only reports.</summary>
public static class HealthTags
{
    /// <summary>Unhealthy: the process is stuck and should be restarted.</summary>
    public const string Live = "live";

    /// <summary>Unhealthy: the process should get no new work.</summary>
    public const string Ready = "ready";
}
