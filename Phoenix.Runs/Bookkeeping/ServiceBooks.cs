using System.Globalization;
using Npgsql;
using Phoenix.Runs.Samples;

namespace Phoenix.Runs.Bookkeeping;

/// <summary>
/// What two services have in their databases of purchases and preorders that took one piece for one unit of money each, by SQL apart from
/// the engine.
/// </summary>
internal sealed class ServiceBooks(TwoServices services)
{
    /// <summary>What each customer has at the beginning.</summary>
    public const decimal OpeningMoney = 1_000_000;

    /// <summary>How many pieces the warehouse has at the beginning.</summary>
    public const int Stored = 1_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Waits, at most 2 minutes, until every transaction has ended and every parcel that was paid is handed over; what has not by then the
    /// books will tell.
    /// </summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (!await IsSettledAsync(limit.Token)) await rhythm.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Whether nothing is under way any more.</summary>
    public async Task<bool> IsSettledAsync(CancellationToken cancellationToken) =>
        await ShopAsync("phoenix.transaction-started", cancellationToken) == await ShopAsync("phoenix.transaction-ended", cancellationToken)
        && await WarehouseAsync("warehouse.parcel-handed-over", cancellationToken)
        >= await ShopAsync("shop.reserved-money-paid", cancellationToken);

    /// <returns>What there is, for people, and what should not be: empty when the books agree.</returns>
    /// <param name="started">How many were started.</param>
    /// <param name="customers">How many have an account.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(IReadOnlyList<(string What, string Found)> Rows, List<string> Differences)> CheckAsync(
        int started, int customers, CancellationToken cancellationToken)
    {
        var completed = await CountAsync(services.ShopDatabase,
            "type = 'phoenix.transaction-ended' and (data->>'completed')::boolean", cancellationToken);
        var differences = new List<string>();
        await ExpectAsync("transactions started", started, ShopAsync("phoenix.transaction-started", cancellationToken));
        await ExpectAsync("transactions ended", started, ShopAsync("phoenix.transaction-ended", cancellationToken));
        await ExpectAsync("payments in the shop", completed, ShopAsync("shop.reserved-money-paid", cancellationToken));
        await ExpectAsync("parcels packed", completed, WarehouseAsync("warehouse.parcel-packed", cancellationToken));
        await ExpectAsync("parcels handed over for what the shop published", completed,
            WarehouseAsync("warehouse.parcel-handed-over", cancellationToken));
        await ExpectAsync("parcels handed over more than once", 0, ScalarAsync(services.WarehouseDatabase, """
            select count(*) from (
                select 1 from phoenix.mt_events where type = 'warehouse.parcel-handed-over' group by stream_id having count(*) > 1) twice
            """, cancellationToken));
        await ExpectAsync("pieces that left the warehouse", completed, ScalarAsync(services.WarehouseDatabase, $"""
            select {Stored} - coalesce(sum(case type when 'warehouse.goods-stored' then 1 else -1 end * (data->>'quantity')::int), 0)
            from phoenix.mt_events where type in ('warehouse.goods-stored', 'warehouse.goods-taken', 'warehouse.reserved-taken')
            """, cancellationToken));
        await ExpectAsync("pieces still reserved", 0, ScalarAsync(services.WarehouseDatabase, """
            select coalesce(sum(case type when 'warehouse.goods-reserved' then 1 else -1 end * (data->>'quantity')::int), 0)
            from phoenix.mt_events where type in ('warehouse.goods-reserved', 'warehouse.reserved-taken', 'warehouse.reserved-freed')
            """, cancellationToken));
        await ExpectAsync("units of money spent", completed, ScalarAsync(services.ShopDatabase, $"""
            select {(customers * OpeningMoney).ToString(CultureInfo.InvariantCulture)}
                - coalesce(sum(case type when 'shop.money-deposited' then 1 else -1 end * (data->>'amount')::numeric), 0)
            from phoenix.mt_events where type in ('shop.money-deposited', 'shop.reserved-money-paid')
            """, cancellationToken));
        await ExpectAsync("units of money still reserved", 0, ScalarAsync(services.ShopDatabase, """
            select coalesce(sum(case type when 'shop.money-reserved' then 1 else -1 end * (data->>'amount')::numeric), 0)
            from phoenix.mt_events where type in ('shop.money-reserved', 'shop.reserved-money-paid', 'shop.reserved-money-released')
            """, cancellationToken));
        return ([("purchases", $"{started}"), ("completed", $"{completed}"), ("undone", $"{started - completed}")], differences);

        async Task ExpectAsync(string what, long expected, Task<long> found)
        {
            if (await found != expected) differences.Add($"{await found} {what}; expected {expected}.");
        }
    }

    private Task<long> ShopAsync(string type, CancellationToken cancellationToken) =>
        CountAsync(services.ShopDatabase, $"type = '{type}'", cancellationToken);

    private Task<long> WarehouseAsync(string type, CancellationToken cancellationToken) =>
        CountAsync(services.WarehouseDatabase, $"type = '{type}'", cancellationToken);

    private static Task<long> CountAsync(string database, string which, CancellationToken cancellationToken) =>
        ScalarAsync(database, $"select count(*) from phoenix.mt_events where {which}", cancellationToken);

    private static async Task<long> ScalarAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }
}
