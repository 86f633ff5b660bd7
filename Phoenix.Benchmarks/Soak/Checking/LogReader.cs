using Npgsql;

namespace Phoenix.Benchmarks.Soak.Checking;

/// <summary>Reads what is stored by SQL of its own.</summary>
internal sealed class LogReader(NpgsqlDataSource database, string schema)
{
    private const string Prefix = "shop.account/";

    public async Task<StoredLog> ReadAsync(CancellationToken cancellation)
    {
        var ledger = await RowsAsync(
            $"select stream, coalesce(original_id, command_id::text), outcome, code, version_before, version_after, reply from {schema}.phoenix_ledger where stream like '{Prefix}%'",
            row => new LedgerEntry(Id(row), row.GetString(1), row.GetInt16(2) == 1, TextOf(row, 3), row.GetInt64(4), row.GetInt64(5), TextOf(row, 6)), cancellation);
        var events = await RowsAsync($"""
            select stream_id, version, causation_id, case type
                when 'shop.money-deposited' then (data->>'amount')::numeric
                when 'shop.money-withdrawn' then -(data->>'amount')::numeric else 0 end
            from {schema}.mt_events where stream_id like '{Prefix}%'
            """,
            row => new StoredEntry(Id(row), row.GetInt64(1), TextOf(row, 2) ?? "", row.GetDecimal(3)), cancellation);
        var streams = await RowsAsync($"select id, version from {schema}.mt_streams where id like '{Prefix}%'", row => (Id: Id(row), Version: row.GetInt64(1)), cancellation);
        var accounts = await RowsAsync(
            $"select account_id, balance, version from {schema}.account_balances", row => (Id: row.GetString(0), Account: new ProjectedAccount(row.GetDecimal(1), row.GetInt64(2))), cancellation);
        return new(ledger, events, streams.ToDictionary(stream => stream.Id, stream => stream.Version), accounts.ToDictionary(account => account.Id, account => account.Account));
    }

    private static string Id(NpgsqlDataReader row) => row.GetString(0)[Prefix.Length..];

    private static string? TextOf(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 300;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }
}
