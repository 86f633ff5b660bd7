using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Phoenix.Health;

/// <summary>Adds what the endpoints need.</summary>
public static class PhoenixHealth
{
    /// <summary>
    /// Adds the report, the check <c>shutdown</c> (tagged <c>ready</c>), which fails from the moment the process is told to stop, and the delay between that moment
    /// and the stop. Settings come from the section <c>Phoenix:Shutdown</c>. The host's other checks say by the tags <c>live</c> and <c>ready</c> what they decide.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static IServiceCollection AddPhoenixHealth(this IServiceCollection services, IConfiguration configuration)
    {
        var options = new ShutdownOptions();
        configuration.GetSection("Phoenix:Shutdown").Bind(options);
        if (options.Problems().ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(Environment.NewLine, problems));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options).AddSingleton<Changes>().AddSingleton<Reports>().AddHostedService<ShutdownDelay>();
        // The host's time limit covers the delay as well.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.NotReadyDelay + options.DrainTimeLimit);
        services.AddHealthChecks().AddCheck<ShutdownCheck>("shutdown", tags: [HealthTags.Ready]);
        return services;
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
