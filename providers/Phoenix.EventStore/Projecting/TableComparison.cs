using Npgsql;

namespace Phoenix.EventStore.Projecting;

/// <summary>Two tables of the same shape, row by row.</summary>
/// <param name="Tables">The tables.</param>
/// <param name="Key">The columns of their key, quoted.</param>
/// <param name="Columns">All columns that both have, quoted.</param>
internal sealed record TableComparison(ShadowTable Tables, IReadOnlyList<string> Key, IReadOnlyList<string> Columns)
{
    /// <summary>Most rows that are read at a time: who has more wrong rebuilds.</summary>
    public const int Most = 1000;

    // What Marten writes anew with each change, whatever the change.
    private static readonly HashSet<string> NoMatter = ["mt_last_modified", "mt_version"];

    private string Joined => string.Join(" and ", Key.Select(column => $"l.{column} = s.{column}"));

    private string Differ => string.Join(" or ",
        Columns.Where(column => !NoMatter.Contains(column)).Select(column => $"l.{column} is distinct from s.{column}"));

    /// <summary>Looks at the tables.</summary>
    /// <exception cref="InvalidOperationException">A table has no key, or the one in use is not there.</exception>
    public static async Task<TableComparison> OfAsync(NpgsqlDataSource database, ShadowTable tables)
    {
        var key = await ColumnsAsync(database, """
            select quote_ident(a.attname) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
            where i.indrelid = to_regclass($1) and i.indisprimary order by array_position(i.indkey, a.attnum)
            """, tables.Shadow);
        var columns = await ColumnsAsync(database, """
            select quote_ident(l.attname) from pg_attribute l join pg_attribute s on s.attname = l.attname and s.attrelid = to_regclass($2)
            where l.attrelid = to_regclass($1) and l.attnum > 0 and not l.attisdropped and not s.attisdropped and l.attgenerated = '' order by l.attnum
            """, tables.Live, tables.Shadow);
        if (columns.Count == 0) throw new InvalidOperationException($"The table {tables.Live} is not there. Start a silo with this projection first.");
        return key.Count > 0
            ? new(tables, key, columns)
            : throw new InvalidOperationException($"The table {tables.Live} has no primary key, so its rows cannot be told apart.");
    }

    /// <summary>The rows that differ, in the order of their keys.</summary>
    public async Task<IReadOnlyList<RowDifference>> DifferencesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var key = string.Join(", ", Key.Select(column => $"'{column.Trim('"').Replace("'", "''", StringComparison.Ordinal)}', coalesce(l.{column}, s.{column})"));
        await using var command = new NpgsqlCommand($"""
            select jsonb_build_object({key})::text, to_jsonb(l)::text, to_jsonb(s)::text
            from {Tables.Live} l full join {Tables.Shadow} s on {Joined}
            where l.{Key[0]} is null or s.{Key[0]} is null or {Differ}
            order by 1 limit {Most}
            """, connection) { CommandTimeout = 0 };
        var rows = new List<RowDifference>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) rows.Add(new(Tables.Live.Replace("\"", "", StringComparison.Ordinal),
            reader.GetString(0), Text(reader, 1), Text(reader, 2)));
        return rows;
    }

    /// <summary>Makes the table in use what the shadow is, by changing the rows that differ; returns how many those were.</summary>
    public async Task<long> TakeOverAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var columns = string.Join(", ", Columns);
        await using var command = new NpgsqlCommand($"""
            with gone as (
                delete from {Tables.Live} l where not exists (select 1 from {Tables.Shadow} s where {Joined}) returning 1
            ), changed as (
                update {Tables.Live} l set {string.Join(", ", Columns.Except(Key).DefaultIfEmpty(Key[0]).Select(column => $"{column} = s.{column}"))}
                from {Tables.Shadow} s where {Joined} and ({Differ}) returning 1
            ), added as (
                insert into {Tables.Live} ({columns}) select {columns} from {Tables.Shadow} s
                where not exists (select 1 from {Tables.Live} l where {Joined}) returning 1
            )
            select (select count(*) from gone) + (select count(*) from changed) + (select count(*) from added)
            """, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static async Task<List<string>> ColumnsAsync(NpgsqlDataSource database, string sql, params string[] tables)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var table in tables) command.Parameters.Add(new() { Value = table });
        var columns = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) columns.Add(reader.GetString(0));
        return columns;
    }
}
