using Npgsql;

namespace Phoenix.Runs.Checking;

/// <summary>Reads what is stored by SQL of its own.</summary>
internal sealed class LogReader(NpgsqlDataSource database, string schema, string? warehouseSchema = null, string shopPrefix = "")
{
    public async Task<StoredLog> ReadAsync(CancellationToken cancellation)
    {
        var ledger = await LedgerAsync(schema, cancellation);
        var events = await RowsAsync($"""
            select stream_id, version, causation_id, case type
                when 'shop.money-deposited' then (data->>'amount')::numeric
                when 'shop.money-withdrawn' then -(data->>'amount')::numeric
                when 'shop.reserved-money-paid' then -(data->>'amount')::numeric
                when 'shop.stock-added' then (data->>'quantity')::numeric
                when 'shop.stock-taken' then -(data->>'quantity')::numeric else 0 end
            from {schema}.mt_events
            """,
            row => new StoredEntry(row.GetString(0), row.GetInt64(1), TextOf(row, 2) ?? "", row.GetDecimal(3)), cancellation);
        var streams = await RowsAsync(
            $"select id, version from {schema}.mt_streams", row => (Id: row.GetString(0), Version: row.GetInt64(1)), cancellation);
        var accounts = await RowsAsync(
            $"select account_id, balance, version from {schema}.account_balances",
            row => (Stream: StoredLog.AccountPrefix + row.GetString(0), Row: new ProjectedAccount(row.GetDecimal(1), row.GetInt64(2))),
            cancellation);
        var transfers = await EndsAsync(StoredLog.TransferPrefix, (stream, completed) => new StoredTransfer(stream, completed), cancellation);
        var orders = await EndsAsync(StoredLog.OrderPrefix, (stream, completed) => new StoredOrder(stream, completed), cancellation);
        var purchases = await EndsAsync(
            StoredLog.PurchasePrefix, (stream, completed) => (Stream: stream, Completed: completed), cancellation);
        var ends = await RowsAsync($"""
            select stream_id, (data->>'completed')::boolean, data->>'code', data->>'reply' from {schema}.mt_events
            where type = 'phoenix.transaction-ended'
            """, row => (Stream: row.GetString(0), End: new StoredEnd(row.GetBoolean(1), TextOf(row, 2), TextOf(row, 3))), cancellation);
        var payments = await RowsAsync(
            $"select stream_id, (data->>'number')::int from {schema}.mt_events where type = 'shop.standing-order-paid'",
            row => new StoredPayment(row.GetString(0)[StoredLog.StandingOrderPrefix.Length..], row.GetInt32(1)), cancellation);
        var due = await RowsAsync($"select count(*) from {schema}.phoenix_due", row => row.GetInt64(0), cancellation);
        return new(
            ledger, events, streams.ToDictionary(stream => stream.Id, stream => stream.Version),
            accounts.ToDictionary(account => account.Stream, account => account.Row),
            transfers, payments, orders, due[0])
        {
            Ends = ends.ToDictionary(end => end.Stream, end => end.End),
            Purchases = purchases.ToDictionary(purchase => purchase.Stream, purchase => purchase.Completed),
            Warehouse = await WarehouseAsync(cancellation),
        };
    }

    private Task<List<LedgerEntry>> LedgerAsync(string of, CancellationToken cancellation) => RowsAsync($"""
        select stream, coalesce(original_id, command_id::text), outcome, code, version_before, version_after, reply, source
        from {of}.phoenix_ledger
        """,
        row => new LedgerEntry(row.GetString(0), row.GetString(1), row.GetInt16(2) == 1, TextOf(row, 3), row.GetInt64(4),
        row.GetInt64(5), TextOf(row, 6), TextOf(row, 7)), cancellation);

    private async Task<StoredWarehouse> WarehouseAsync(CancellationToken cancellation)
    {
        if (warehouseSchema is null) return new(shopPrefix, [], []);
        var ledger = await LedgerAsync(warehouseSchema, cancellation);
        var events = await RowsAsync($"""
            select stream_id, version, causation_id, case type
                when 'warehouse.goods-stored' then (data->>'quantity')::numeric
                when 'warehouse.goods-taken' then -(data->>'quantity')::numeric else 0 end
            from {warehouseSchema}.mt_events
            """, row => new StoredEntry(row.GetString(0), row.GetInt64(1), TextOf(row, 2) ?? "", row.GetDecimal(3)), cancellation);
        return new(shopPrefix, ledger, events);
    }

    private Task<List<T>> EndsAsync<T>(string prefix, Func<string, bool?, T> read, CancellationToken cancellation) => RowsAsync($"""
        select stream_id, bool_or((data->>'completed')::boolean) filter (where type = 'phoenix.transaction-ended')
        from {schema}.mt_events where stream_id like '{prefix}%' group by 1
        """, row => read(row.GetString(0), row.IsDBNull(1) ? null : row.GetBoolean(1)), cancellation);

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
