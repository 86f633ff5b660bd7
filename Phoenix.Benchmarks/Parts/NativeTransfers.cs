using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The twin <c>handWritten</c>: two updates and an outbox row in one transaction and one round trip, both accounts in one database. No
/// actors, no deduplication, no history; nothing of it can be done where the accounts are apart.
/// </summary>
internal sealed class NativeTransfers : IPart
{
    public const string Name = "native-transfers";

    /// <summary>How many transfers are stored; -1 when money is missing.</summary>
    public static string Effects(int keys) =>
        $"select case when (select sum(balance) from accounts) = {keys * Purse.Beginning} then (select count(*) from outbox) else -1 end";

    private readonly Loop _loop = new();
    private readonly NpgsqlDataSource _source;
    private readonly PartSettings _settings;
    private readonly PurseKeys _keys;

    private NativeTransfers(NpgsqlDataSource source, PartSettings settings) =>
        (_source, _settings, _keys) = (source, settings, new(settings.Callers, settings.Keys));

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            MaxPoolSize = settings.PoolSize, MaxAutoPrepare = 10, AutoPrepareMinUsages = 2, NoResetOnClose = true, Enlist = false,
            ApplicationName = "bench-native-transfers",
        });
        await using var create = source.CreateCommand($"""
            create table accounts (id text primary key, balance bigint not null check (balance >= 0)) with (fillfactor = 50);
            create table outbox (number bigint generated always as identity primary key, data jsonb not null);
            insert into accounts select 'p-' || number, {Purse.Beginning} from generate_series(0, {settings.Keys - 1}) as number
            """);
        await create.ExecuteNonQueryAsync();
        return new NativeTransfers(source, settings);
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => _loop.RunAsync(order, _settings.Callers, TransferAsync);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task TransferAsync(int caller)
    {
        var (from, to) = _keys.Next(caller);
        await using var batch = _source.CreateBatch();
        // In the order of their ids, or two of them could wait for each other for ever.
        foreach (var (id, amount) in new[] { (from, -5L), (to, 5L) }.OrderBy(one => one.Item1, StringComparer.Ordinal))
            batch.BatchCommands.Add(new("update accounts set balance = balance + $1 where id = $2")
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = amount }, new NpgsqlParameter<string> { TypedValue = id } },
            });
        batch.BatchCommands.Add(new("insert into outbox (data) values (jsonb_build_object('from', $1, 'to', $2, 'amount', $3))")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = from }, new NpgsqlParameter<string> { TypedValue = to },
                new NpgsqlParameter<long> { TypedValue = 5 },
            },
        });
        await batch.ExecuteNonQueryAsync();
    }
}
