using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Phoenix.Clustering;
using Phoenix.Gateway.Health;
using Phoenix.Health;

namespace Phoenix.Gateway.Hosting;

/// <summary>
/// Connects an Orleans client to the silos: to those that are listed, or to those that the cluster's membership in PostgreSQL names. It tries for ever: a gateway
/// may start before its cluster.
/// </summary>
internal sealed partial class ClusterConnection(TimeProvider time, ILogger<ClusterConnection> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ListRefresh = TimeSpan.FromSeconds(5);

    public static void AddTo(WebApplicationBuilder builder)
    {
        var options = new ClusterConnectionOptions();
        builder.Configuration.GetSection(ClusterConnectionOptions.Section).Bind(options);
        var database = builder.Configuration["Phoenix:ConnectionString"];
        if (options.Gateways.Count == 0 && (!options.Discover || string.IsNullOrWhiteSpace(database))) return;
        if (options.CallTimeout < TimeSpan.FromSeconds(1)) throw new InvalidOperationException($"Phoenix:Cluster:CallTimeout is {options.CallTimeout}. Set it to at least a second (default 5 s).");
        builder.UseOrleansClient(client =>
        {
            if (options.Gateways.Count > 0) client.UseStaticClustering([.. options.Gateways.Select(Resolve)]);
            else client.UsePostgresClustering(clustering => (clustering.ConnectionString, clustering.Schema) = (database!, builder.Configuration["Phoenix:Schema"] ?? "phoenix"));
            client.AddAggregateCalls();
            client.UseConnectionRetryFilter<ClusterConnection>();
            client.AddGatewayCountChangedHandler(services => (_, changed) => services.GetRequiredService<ClusterReach>().Count(changed.NumberOfConnectedGateways));
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.CallTimeout);
            client.Configure<Orleans.Configuration.GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = ListRefresh);
        });
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "No silo can be reached; trying again in a second.")]
    private static partial void LogNotConnected(ILogger logger, Exception error);
}
