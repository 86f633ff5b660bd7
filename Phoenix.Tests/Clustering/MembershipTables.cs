using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Clustering;
using Phoenix.Clustering.Membership;

namespace Phoenix.Tests.Clustering;

/// <summary>Membership tables and what goes into them.</summary>
internal static class MembershipTables
{
    private static int _next;

    public static readonly DateTime Now = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc);

    public static async Task<PostgresMembershipTable> OpenAsync(string connectionString, string cluster = "c1", Action<PostgresClusteringOptions>? configure = null, TimeProvider? clock = null)
    {
        var table = Create(connectionString, cluster, configure, clock);
        await table.InitializeMembershipTable(true);
        return table;
    }

    public static PostgresMembershipTable Create(
        string connectionString, string cluster = "c1", Action<PostgresClusteringOptions>? configure = null, TimeProvider? clock = null)
    {
        var options = new PostgresClusteringOptions { ConnectionString = connectionString };
        configure?.Invoke(options);
        return new(Options.Create(options), Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = "s1" }), clock);
    }

    /// <summary>An entry of a silo that nobody else is.</summary>
    public static MembershipEntry NewEntry(SiloStatus status = SiloStatus.Active, DateTime? heardOf = null, int proxyPort = 30000) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11111, Interlocked.Increment(ref _next)),
        Status = status,
        ProxyPort = proxyPort,
        HostName = "host",
        SiloName = "silo",
        RoleName = "role",
        UpdateZone = 1,
        FaultZone = 2,
        StartTime = heardOf ?? Now,
        IAmAliveTime = heardOf ?? Now,
    };

    /// <summary>Inserts on whatever the table's version is now.</summary>
    public static async Task InsertAsync(this PostgresMembershipTable table, MembershipEntry entry)
    {
        while (!await table.InsertRow(entry, (await table.ReadAll()).Version.Next())) { }
    }

    /// <summary>The entry and etag of one silo.</summary>
    public static async Task<(MembershipEntry Entry, string ETag, TableVersion Version)> FindAsync(this PostgresMembershipTable table, SiloAddress silo)
    {
        var data = await table.ReadRow(silo);
        var (entry, etag) = data.Members.Single();
        return (entry, etag, data.Version);
    }

    /// <summary>Everything an entry says, in a form that can be compared.</summary>
    public static string Said(MembershipEntry entry) => string.Join('|',
        entry.SiloAddress.ToParsableString(), entry.Status, entry.ProxyPort, entry.HostName, entry.SiloName, entry.RoleName, entry.UpdateZone, entry.FaultZone,
        entry.StartTime.ToString("O"), entry.IAmAliveTime.ToString("O"),
        string.Join(',', entry.SuspectTimes?.Select(vote => $"{vote.Item1.ToParsableString()} {vote.Item2:O}") ?? []));
}
