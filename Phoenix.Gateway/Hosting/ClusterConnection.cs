using System.Net;
using System.Net.Sockets;
using Phoenix.Gateway.Health;
using Phoenix.Health;

namespace Phoenix.Gateway.Hosting;

/// <summary>Connects an Orleans client to the silos that are listed. It tries for ever: a gateway may start before its cluster.</summary>
internal sealed partial class ClusterConnection(TimeProvider time, ILogger<ClusterConnection> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static void AddTo(WebApplicationBuilder builder)
    {
        var options = new ClusterConnectionOptions();
        builder.Configuration.GetSection(ClusterConnectionOptions.Section).Bind(options);
        if (options.Gateways.Count == 0) return;
        builder.UseOrleansClient(client => client
            .UseStaticClustering([.. options.Gateways.Select(Resolve)])
            .UseConnectionRetryFilter<ClusterConnection>()
            .AddGatewayCountChangedHandler(services => (_, changed) => services.GetRequiredService<ClusterReach>().Count(changed.NumberOfConnectedGateways))
            .Configure<Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId)));
        builder.Services.AddSingleton<ClusterReach>().AddHealthChecks().AddCheck<ClusterReach>("cluster", tags: [HealthTags.Ready]);
        // The cluster may be long in coming: health checks and commands must not wait for it.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
    }

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogNotConnected(logger, exception);
        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }

    private static IPEndPoint Resolve(string gateway)
    {
        if (IPEndPoint.TryParse(gateway, out var endpoint) && endpoint.Port > 0) return endpoint;
        var parts = gateway.Split(':');
        if (parts.Length != 2 || !ushort.TryParse(parts[1], out var port) || port == 0)
            throw new InvalidOperationException($"Phoenix:Cluster:Gateways holds '{gateway}'. Expected host:port, for example 'silo-0:30000'.");
        var addresses = Dns.GetHostAddresses(parts[0]);
        return new(Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], port);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No silo of Phoenix:Cluster:Gateways can be reached; trying again in a second.")]
    private static partial void LogNotConnected(ILogger logger, Exception error);
}
