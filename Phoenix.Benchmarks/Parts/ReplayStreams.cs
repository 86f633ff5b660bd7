using System.Globalization;
using Npgsql;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The long streams of <c>replay</c>, put into the product's tables by SQL, for the commands of a whole life would take longer than the
/// run.
/// </summary>
internal static class ReplayStreams
{
    public const int Events = 200_000;
    public const long Amount = 5;

    /// <summary>
    /// Events that come after the snapshot: the default writes one every 1,000 versions, so no activation has more to replay.
    /// </summary>
    public const int Tail = 1000;

    /// <summary>Has no snapshot.</summary>
    public const string Plain = "plain";

    /// <summary>Has a snapshot, and <see cref="Tail"/> events after it.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>Adds events to the end of a stream.</summary>
    public static async Task AddAsync(NpgsqlDataSource source, string id, long after, int count)
    {
        await using var command = source.CreateCommand("""
            with stream as (
                insert into phoenix.mt_streams (id, version, timestamp, created, tenant_id, is_archived)
                values ($1, $2 + $3, now(), now(), '*DEFAULT*', false)
                on conflict (id) do update set version = excluded.version
            )
            insert into phoenix.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
            select nextval('phoenix.mt_events_sequence'), gen_random_uuid(), $1, version, $4::jsonb, $5, now(), '*DEFAULT*', false
            from generate_series($2 + 1, $2 + $3) as version
            """);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = $"{Tally.Name}/{id}" });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = (long)count });
        command.Parameters.Add(new() { Value = string.Create(CultureInfo.InvariantCulture, $$"""{"amount":{{Amount}}}""") });
        command.Parameters.Add(new() { Value = Added.Name });
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<bool> HasSnapshotAsync(NpgsqlDataSource source, string id)
    {
        await using var command = source.CreateCommand("select exists (select 1 from phoenix.phoenix_snapshots where stream = $1)");
        command.Parameters.Add(new() { Value = $"{Tally.Name}/{id}" });
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
