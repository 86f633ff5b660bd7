using Npgsql;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Rig;

/// <summary>What transfers left in the product's tables.</summary>
internal static class TransferBooks
{
    /// <summary>How many transfers completed; -1 when money is missing, something is held, or one has not ended.</summary>
    public static Func<Task<long>> CompletedIn(string connectionString) => Effects.Of(connectionString, $"""
        with purses as (
            select coalesce(sum((data ->> 'money')::bigint), 0) as money, coalesce(sum((data ->> 'held')::bigint), 0) as held
            from phoenix.mt_events where type = '{MoneyMoved.Name}'
        ), transfers as (
            select count(*) filter (where type = 'phoenix.transaction-started') as started,
                count(*) filter (where type = 'phoenix.transaction-ended' and (data ->> 'completed')::boolean) as completed
            from phoenix.mt_events
        )
        select case when money = 0 and held = 0 and started = completed and not exists (select 1 from phoenix.phoenix_due)
            then completed else -1 end
        from purses, transfers
        """);

    /// <summary>Durable commits a transfer: PostgreSQL's transactions, each counted once for every stream that it wrote.</summary>
    public static async Task<double> AppendsEachAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("""
            select count(*)::float8 / (select count(*) from phoenix.mt_events where type = 'phoenix.transaction-ended')
            from (select xmin::text, stream_id from phoenix.mt_events union select xmin::text, stream from phoenix.phoenix_ledger) as written
            """);
        command.CommandTimeout = 300;
        return (double)(await command.ExecuteScalarAsync())!;
    }
}
