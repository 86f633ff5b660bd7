using Orleans.Configuration;
using Phoenix.Clustering;
using Phoenix.Gateway.Health;
using Phoenix.Health;

namespace Phoenix.Gateway.Hosting;

/// <summary>
/// Connects an Orleans client to the silos: to those that are listed, or to those that the cluster's membership in PostgreSQL names. It
/// tries for ever: a gateway may start before its cluster.
/// </summary>
internal sealed partial class ClusterConnection(TimeProvider time, ILogger<ClusterConnection> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ListRefresh = TimeSpan.FromSeconds(5);

    public static ClusterWay WayOf(PhoenixGatewayOptions options) =>
        options.Cluster.Gateways.Count > 0 ? ClusterWay.Listed
        : options.Cluster.Discover && !string.IsNullOrWhiteSpace(options.ConnectionString) ? ClusterWay.Database
        : ClusterWay.None;

    public static void AddTo(IHostApplicationBuilder builder, ClusterWay way)
    {
        if (way == ClusterWay.None) return;
        var services = builder.Services;
        builder.UseOrleansClient(client =>
        {
            if (way == ClusterWay.Listed) client.UseStaticClustering();
            else client.UsePostgresClustering(static _ => { });
            client.AddAggregateCalls();
            client.UseConnectionRetryFilter<ClusterConnection>();
            client.AddGatewayCountChangedHandler(services => (_, changed) => services.GetRequiredService<ClusterReach>().Count(changed.NumberOfConnectedGateways));
            client.Configure<Orleans.Configuration.GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = ListRefresh);
        });
        services.SetByGateway<StaticGatewayListProviderOptions>(static (list, gateway) =>
            list.Gateways = [.. gateway.Cluster.Gateways.Select(silo => ClusterConnectionOptions.Resolve(silo)!.ToGatewayUri())]);
        services.SetByGateway<PostgresClusteringOptions>(static (tables, gateway) =>
            (tables.ConnectionString, tables.Schema) = (gateway.ConnectionString, gateway.Schema));
        services.SetByGateway<ClusterOptions>(static (cluster, gateway) =>
            (cluster.ClusterId, cluster.ServiceId) = (gateway.Cluster.ClusterId, gateway.Cluster.ServiceId));
        services.SetByGateway<ClientMessagingOptions>(static (messaging, gateway) =>
            messaging.ResponseTimeout = gateway.Cluster.CallTimeout);
        services.AddSingleton<ClusterReach>().AddHealthChecks().AddCheck<ClusterReach>("cluster", tags: [HealthTags.Ready]);
        // The cluster may be long in coming: health checks and commands must not wait for it.
        services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
    }

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogNotConnected(logger, exception);
        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No silo can be reached; trying again in a second.")]
    private static partial void LogNotConnected(ILogger logger, Exception error);
}
