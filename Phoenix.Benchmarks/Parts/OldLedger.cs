using Npgsql;

namespace Phoenix.Benchmarks.Parts;

/// <summary>Rows that a ledger of some age has: ids in the order of time, one in ten rejected. PostgreSQL makes them.</summary>
internal static class OldLedger
{
    /// <summary>What they are told by.</summary>
    public const string Command = "bench.old";

    private const int AtOnce = 250_000;

    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task FillAsync(string postgres, long rows, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(postgres);
        for (var from = 0L; from < rows; from += AtOnce)
        {
            await using var command = source.CreateCommand($"""
                insert into phoenix.phoenix_ledger
                    (command_id, stream, outcome, code, version_before, version_after, command, source, payload_hash, recorded_at)
                select (lpad(to_hex(extract(epoch from at)::bigint * 1000), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
                    'bench.tally/' || n % 100000, case when n % 10 = 0 then 2 else 1 end, case when n % 10 = 0 then 'no' end,
                    n, n + (n % 10 > 0)::int, '{Command}', 'bench', decode(hash, 'hex'), at
                from (select n, md5(n::text) as hash, now() - interval '1 year' + n * interval '2 seconds' as at from generate_series($1, $2) n) rows
                """);
            command.Parameters.Add(new() { Value = from + 1 });
            command.Parameters.Add(new() { Value = Math.Min(rows, from + AtOnce) });
            command.CommandTimeout = 300;
            await command.ExecuteNonQueryAsync(cancellation);
        }

        await using var settle = source.CreateCommand("vacuum (analyze) phoenix.phoenix_ledger");
        settle.CommandTimeout = 600;
        await settle.ExecuteNonQueryAsync(cancellation);
    }
}
