using Npgsql;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Parts;

/// <summary>Bare copies of the product's tables: columns, defaults and indexes, no foreign keys and no triggers.</summary>
internal static class RawAppendTables
{
    public static string[] Streams(int count) => [.. TallyIds.First(count).Select(id => $"{Tally.Name}/{id}")];

    public static async Task CreateAsync(NpgsqlDataSource source, int streams)
    {
        await using var create = source.CreateCommand("""
            create schema raw;
            create table raw.streams (like phoenix.mt_streams including all);
            create table raw.events (like phoenix.mt_events including all);
            create table raw.ledger (like phoenix.phoenix_ledger including all);
            create sequence raw.events_sequence;
            """);
        await create.ExecuteNonQueryAsync();
        await using var fill = source.CreateCommand("""
            insert into raw.streams (id, version, timestamp, created, tenant_id, is_archived) select id, 0, now(), now(), '*DEFAULT*', false from unnest($1) as t(id)
            """);
        fill.Parameters.Add(new() { Value = Streams(streams) });
        await fill.ExecuteNonQueryAsync();
    }
}
