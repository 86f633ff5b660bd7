using Npgsql;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Parts;

/// <summary>Events of many streams in turns, put into the product's tables by SQL: a log after a long time of work.</summary>
internal static class StoredEvents
{
    public static async Task AddAsync(NpgsqlDataSource source, int streams, int count)
    {
        await using var add = source.CreateCommand("""
            with added as (
                insert into phoenix.mt_events
                    (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, causation_id, is_archived)
                select nextval('phoenix.mt_events_sequence'), gen_random_uuid(),
                    $1 || '/t-' || lpad((number % $2)::text, 7, '0'), number / $2 + 1,
                    $4::jsonb, $5, now(), '*DEFAULT*', gen_random_uuid()::text, false
                from generate_series(0, $3 - 1) as number
                returning stream_id, version
            )
            insert into phoenix.mt_streams (id, version, timestamp, created, tenant_id, is_archived)
            select stream_id, max(version), now(), now(), '*DEFAULT*', false from added group by stream_id
            """);
        add.CommandTimeout = 600;
        object[] values = [Tally.Name, (long)streams, (long)count, AppendRow.Data, Added.Name];
        foreach (var value in values) add.Parameters.Add(new() { Value = value });
        await add.ExecuteNonQueryAsync();

        // Whoever reads first would else set the rows' hint bits for those who read after.
        await using var vacuum = source.CreateCommand("vacuum (analyze) phoenix.mt_events");
        vacuum.CommandTimeout = 600;
        await vacuum.ExecuteNonQueryAsync();
    }
}
