using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Clustering;
using Phoenix.Clustering.Membership;
using Xunit;

namespace Phoenix.Tests.Clustering;

[Trait("Category", "Servers")]
public sealed class GatewayListTests(SharedPostgres postgres)
{
    [Fact]
    public async Task clients_are_told_the_active_silos_of_their_cluster_that_take_clients()
    {
        var database = await postgres.NewDatabaseAsync();
        using var gateways = Provider(database, "c1");
        await gateways.InitializeGatewayListProvider();
        Assert.Empty(await gateways.GetGateways());

        using var table = await MembershipTables.OpenAsync(database);
        using var other = await MembershipTables.OpenAsync(database, "c2");
        Assert.Empty(await gateways.GetGateways());
        var active = MembershipTables.NewEntry(proxyPort: 30001);
        foreach (var entry in new[] { active, MembershipTables.NewEntry(SiloStatus.Dead), MembershipTables.NewEntry(SiloStatus.Joining), MembershipTables.NewEntry(proxyPort: 0) })
            await table.InsertAsync(entry);
        await other.InsertAsync(MembershipTables.NewEntry());

        Assert.Equal([SiloAddress.New(IPAddress.Loopback, 30001, active.SiloAddress.Generation).ToGatewayUri()], await gateways.GetGateways());
        Assert.True(gateways.IsUpdatable);
        Assert.Equal(TimeSpan.FromSeconds(7), gateways.MaxStaleness);
    }

    private static PostgresGatewayListProvider Provider(string database, string cluster) => new(
        Options.Create(new PostgresClusteringOptions { ConnectionString = database }),
        Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = "s1" }),
        Options.Create(new GatewayOptions { GatewayListRefreshPeriod = TimeSpan.FromSeconds(7) }));
}
