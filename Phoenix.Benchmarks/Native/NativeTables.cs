using Npgsql;

namespace Phoenix.Benchmarks.Native;

/// <summary>
/// What a hand-written consumer would keep: events by stream and version, and the commands it has seen, so that a redelivered one has no
/// second effect.
/// </summary>
internal static class NativeTables
{
    public const string InsertCommand = "insert into commands (id, stream, version) values ($1, $2, $3)";
    public const string InsertEvent = "insert into events (stream, version, type, data, command_id) values ($1, $2, $3, $4, $5)";
    public const string InsertCommands = "insert into commands (id, stream, version) select * from unnest($1, $2, $3)";
    public const string InsertEvents = "insert into events (stream, version, type, data, command_id) select t.stream, t.version, $3, t.data::jsonb, t.id from unnest($1, $2, $4, $5) as t(stream, version, data, id)";
    public const string Load = "select coalesce(max(version), 0), coalesce(sum((data->>'amount')::bigint), 0)::bigint from events where stream = $1";

    public static async Task CreateAsync(NpgsqlDataSource source)
    {
        await using var create = source.CreateCommand("""
            create table commands (id uuid not null, stream text not null, version bigint not null, recorded_at timestamptz not null default now(), primary key (id, stream));
            create table events (stream text not null, version bigint not null, type text not null, data jsonb not null, command_id uuid not null,
                stored_at timestamptz not null default now(), primary key (stream, version));
            """);
        await create.ExecuteNonQueryAsync();
    }
}
