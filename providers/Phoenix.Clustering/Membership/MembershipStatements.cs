using Phoenix.Clustering.Schema;

namespace Phoenix.Clustering.Membership;

/// <summary>Every statement of the membership table.</summary>
internal sealed class MembershipStatements(SchemaName schema)
{
    private const string Columns =
        "m.silo, m.status, m.proxy_port, m.host_name, m.silo_name, m.role_name, m.update_zone, m.fault_zone, m.start_time, m.i_am_alive_time, m.suspecting_silos, m.suspecting_times, m.etag, clock_timestamp()";

    /// <summary>$1 cluster, $2 etag.</summary>
    public string CreateVersion { get; } = $"insert into {schema.Versions} (cluster_id, version, etag) values ($1, 0, $2) on conflict do nothing";

    /// <summary>One statement and therefore one snapshot of version and members. $1 cluster.</summary>
    public string ReadAll { get; } = $"select v.version, v.etag, {Columns} from {schema.Versions} v left join {schema.Members} m on m.cluster_id = v.cluster_id where v.cluster_id = $1";

    /// <summary>$1 cluster, $2 silo.</summary>
    public string ReadOne { get; } =
        $"select v.version, v.etag, {Columns} from {schema.Versions} v left join {schema.Members} m on m.cluster_id = v.cluster_id and m.silo = $2 where v.cluster_id = $1";

    /// <summary>
    /// Moves the version on if its etag is the expected one, and holds its row until the end of the transaction. $1 cluster, $2 expected
    /// etag, $3 version, $4 new etag.
    /// </summary>
    public string MoveVersion { get; } = $"update {schema.Versions} set version = $3, etag = $4 where cluster_id = $1 and etag = $2";

    /// <summary>Holds the version's row, so that no change of members passes. $1 cluster.</summary>
    public string LockVersion { get; } = $"select 1 from {schema.Versions} where cluster_id = $1 for update";

    /// <summary>$1 to $14 as <see cref="MemberRow.Parameters"/>.</summary>
    public string Insert { get; } = $"""
        insert into {schema.Members} (cluster_id, silo, etag, status, proxy_port, host_name, silo_name, role_name, update_zone, fault_zone,
            start_time, i_am_alive_time, suspecting_silos, suspecting_times)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict do nothing
        """;

    /// <summary>
    /// As <see cref="Insert"/>, $15 the expected etag. A heartbeat that came between reading and updating is not taken back.
    /// </summary>
    public string Update { get; } = $"""
        update {schema.Members} set etag = $3, status = $4, proxy_port = $5, host_name = $6, silo_name = $7, role_name = $8, update_zone = $9, fault_zone = $10,
            start_time = $11, i_am_alive_time = greatest(i_am_alive_time, $12), suspecting_silos = $13, suspecting_times = $14
        where cluster_id = $1 and silo = $2 and etag = $15
        """;

    /// <summary>$1 cluster, $2 silo, $3 time.</summary>
    public string KeepAlive { get; } = $"update {schema.Members} set i_am_alive_time = $3 where cluster_id = $1 and silo = $2";

    /// <summary>Members that are not active and of which nothing was heard, and nothing said, since. $1 cluster, $2 time.</summary>
    public string RemoveDefunct { get; } = $"""
        delete from {schema.Members}
        where cluster_id = $1 and status <> {(int)SiloStatus.Active} and greatest(start_time, i_am_alive_time, (select max(t) from unnest(suspecting_times) t)) < $2
        """;

    /// <summary>$1 cluster.</summary>
    public string DeleteMembers { get; } = $"delete from {schema.Members} where cluster_id = $1";

    /// <summary>$1 cluster.</summary>
    public string DeleteVersion { get; } = $"delete from {schema.Versions} where cluster_id = $1";

    /// <summary>$1 cluster.</summary>
    public string Gateways { get; } = $"select silo, proxy_port from {schema.Members} where cluster_id = $1 and status = {(int)SiloStatus.Active} and proxy_port > 0";
}
