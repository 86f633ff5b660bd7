using Npgsql;

namespace Phoenix.AppHost.Cluster;

/// <summary>
/// What an earlier run left in the membership table. Its silos are gone, but one that was killed never said so: the next run would wait
/// until its entry is stale, and for ever where another cluster's silo listens on its port by now, since that one answers.
/// </summary>
internal static class FormerMembers
{
    // A silo that lives all the same sees that it was declared dead and ends.
    private const string DeclareDead = """
        with gone as (update {0}.membership set status = 6, etag = gen_random_uuid() where status <> 6 returning cluster_id)
        update {0}.membership_version set version = version + 1, etag = gen_random_uuid() where cluster_id in (select cluster_id from gone)
        """;

    /// <summary>Declares them all dead, on a server that nobody else uses.</summary>
    public static async Task DeclareDeadAsync(string connectionString, string schema, CancellationToken cancellationToken)
    {
        var quoted = new NpgsqlCommandBuilder().QuoteIdentifier(schema);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var exists = source.CreateCommand("select to_regclass($1) is not null");
        exists.Parameters.Add(new() { Value = $"{quoted}.membership" });
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true) return;
        await using var declare = source.CreateCommand(DeclareDead.Replace("{0}", quoted, StringComparison.Ordinal));
        await declare.ExecuteNonQueryAsync(cancellationToken);
    }
}
