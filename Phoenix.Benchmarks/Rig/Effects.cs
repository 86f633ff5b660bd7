using Npgsql;

namespace Phoenix.Benchmarks.Rig;

/// <summary>Counts what is stored, after the rounds, to compare with what was acknowledged.</summary>
internal static class Effects
{
    public static Func<Task<long>> Of(string connectionString, string sql) => async () =>
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 300;
        return (long)(await command.ExecuteScalarAsync())!;
    };

    /// <summary>The product's events, each of which has its accepted row in the ledger; -1 when that is not so.</summary>
    public static Func<Task<long>> OfPhoenix(string connectionString) => Of(connectionString, """
        select case when e.n = l.n and e.n = s.n then e.n else -1 end
        from (select count(*) as n from phoenix.mt_events) e, (select count(*) as n from phoenix.phoenix_ledger where outcome = 1) l,
            (select coalesce(sum(version), 0)::bigint as n from phoenix.mt_streams) s
        """);
}
