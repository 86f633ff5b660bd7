using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Phoenix.Clustering;

namespace Phoenix.Hosting;

/// <summary>Makes a silo a member of a cluster.</summary>
public static class PhoenixClusterExtensions
{
    /// <summary>
    /// Membership and reminders in the database and schema of <see cref="PhoenixOptions"/>, addresses from <c>Phoenix:Silo</c>, everything about the cluster
    /// from <c>Phoenix:Cluster</c>.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it and what it may be.</exception>
    public static ISiloBuilder UsePhoenixCluster(this ISiloBuilder builder)
    {
        var phoenix = builder.Configuration.GetSection("Phoenix").Get<PhoenixOptions>() ?? new();
        var cluster = builder.Configuration.GetSection(PhoenixClusterOptions.Section).Get<PhoenixClusterOptions>() ?? new();
        var silo = builder.Configuration.GetSection(SiloEndpointOptions.Section).Get<SiloEndpointOptions>() ?? new();
        if (cluster.Problems().Concat(silo.Problems()).ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(Environment.NewLine, problems));

        builder.UsePostgresClustering(options => Reach(options, phoenix));
        builder.UsePostgresReminders(options => Reach(options, phoenix));
        builder.ConfigureEndpoints(silo.Address(), silo.Port, silo.GatewayPort, listenOnAnyHostAddress: silo.AdvertisedAddress.Length > 0);
        builder.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
        builder.Configure<ClusterMembershipOptions>(cluster.FailureDetection.ApplyTo);
        if (silo.Name.Length > 0) builder.Configure<SiloOptions>(options => options.SiloName = silo.Name);
        return builder;
    }

    private static void Reach(PostgresTableOptions options, PhoenixOptions phoenix) => (options.ConnectionString, options.Schema) = (phoenix.ConnectionString, phoenix.Schema);
}
