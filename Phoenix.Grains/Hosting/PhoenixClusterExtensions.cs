using Orleans.Configuration;
using Phoenix.Clustering;

namespace Phoenix.Hosting;

/// <summary>Makes a silo a member of a cluster.</summary>
internal static class PhoenixClusterExtensions
{
    /// <summary>
    /// Membership and reminders in the database and schema of <see cref="PhoenixOptions"/>, addresses from its
    /// <see cref="PhoenixOptions.Silo"/>, everything about the cluster from its <see cref="PhoenixOptions.Cluster"/>.
    /// </summary>
    public static ISiloBuilder UsePhoenixCluster(this ISiloBuilder builder)
    {
        builder.UsePostgresClustering(static _ => { }).UsePostgresReminders(static _ => { });
        var services = builder.Services;
        services.SetByPhoenix<PostgresClusteringOptions>(Reach);
        services.SetByPhoenix<PostgresRemindersOptions>(Reach);
        services.SetByPhoenix<EndpointOptions>(static (endpoints, phoenix) => phoenix.Silo.ApplyTo(endpoints));
        services.SetByPhoenix<ClusterMembershipOptions>(static (membership, phoenix) =>
            phoenix.Cluster.FailureDetection.ApplyTo(membership));
        services.SetByPhoenix<ClusterOptions>(static (cluster, phoenix) =>
            (cluster.ClusterId, cluster.ServiceId) = (phoenix.Cluster.ClusterId, phoenix.Cluster.ServiceId));
        services.SetByPhoenix<SiloOptions>(static (silo, phoenix) =>
        {
            if (phoenix.Silo.Name.Length > 0) silo.SiloName = phoenix.Silo.Name;
        });
        return builder;
    }

    private static void Reach(PostgresTableOptions tables, PhoenixOptions phoenix) =>
        (tables.ConnectionString, tables.Schema) = (phoenix.Database, phoenix.Schema);
}
