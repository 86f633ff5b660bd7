using Confluent.Kafka;
using Npgsql;
using Phoenix.Messages;
using Phoenix.Runs.Bookkeeping;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// Compares what clients were told with the ledger, the ledger with the event log, and that with what aggregates and read model say.
/// </summary>
internal static class Verdict
{
    public static async Task HoldsAsync(SiloCluster silos, Load load)
    {
        Assert.DoesNotContain(load.History, sent => sent.Outcome is null);
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(silos.Database) { ApplicationName = "verdict", MaxPoolSize = 2 }.ConnectionString);
        foreach (var (account, count) in load.OrderedSent)
            await Eventually.TrueAsync($"all of {account} is decided", async () => await LastOfAsync(silos.Database, account) == $"{account}-{count}", SiloCluster.Patience);

        await ToldIsRecordedAsync(database, load);
        await OrderIsKeptAsync(database, load);
        var books = new Books(database, "phoenix");
        await books.LedgerAgainstEventsAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("the read model is current", () => books.ReadModelIsCurrentAsync(TestContext.Current.CancellationToken), SiloCluster.Patience);
        await books.EventsAgainstReadModelAsync(TestContext.Current.CancellationToken);
        Assert.Empty(books.Differences);
        Assert.Equal(0, await books.EffectsDoubledAsync(TestContext.Current.CancellationToken));
        await AggregatesSayTheSameAsync(database, load);
        // A busy broker tells nobody for a moment that it leads a partition.
        long? letters = null;
        await Eventually.TrueAsync("the broker tells where its dead letters end", () => (letters = DeadLetters(silos)) is not null);
        Assert.Equal(0, letters);
    }

    private static async Task<string?> LastOfAsync(string database, string account) => (string?)await Sql.ScalarAsync(
        database, $"select original_id from phoenix.phoenix_ledger where stream = 'shop.account/{account}' order by version_after desc limit 1");

    private static async Task ToldIsRecordedAsync(NpgsqlDataSource database, Load load)
    {
        var ledger = new Dictionary<string, (string Stream, short Outcome, long Before, long After)>();
        await using var command = database.CreateCommand("select original_id, stream, outcome, version_before, version_after from phoenix.phoenix_ledger");
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) Assert.True(ledger.TryAdd(rows.GetString(0), (rows.GetString(1), rows.GetInt16(2), rows.GetInt64(3), rows.GetInt64(4))), $"{rows.GetString(0)} is recorded twice");

        var told = load.History.ToList();
        Assert.Equal(told.Count, told.DistinctBy(sent => sent.Id).Count());
        foreach (var sent in told)
        {
            var expected = ($"shop.account/{sent.Account}", (short)(sent.Outcome!.IsAccepted ? 1 : 2), sent.Outcome.VersionBefore, sent.Outcome.VersionAfter);
            Assert.True(ledger.TryGetValue(sent.Id, out var row), $"{sent} is not in the ledger");
            Assert.Equal(expected, row);
        }

        Assert.Equal(told.Count + load.OrderedSent.Values.Sum(), ledger.Count);
    }

    private static async Task OrderIsKeptAsync(NpgsqlDataSource database, Load load)
    {
        foreach (var (account, count) in load.OrderedSent)
        {
            await using var command = database.CreateCommand("select causation_id from phoenix.mt_events where stream_id = $1 and type = 'shop.money-deposited' order by version");
            command.Parameters.Add(new() { Value = $"shop.account/{account}" });
            await using var rows = await command.ExecuteReaderAsync();
            var order = new List<string>();
            while (await rows.ReadAsync()) order.Add(rows.GetString(0));
            Assert.Equal(Enumerable.Range(1, count).Select(number => $"{account}-{number}"), order);
        }
    }

    // Whatever activation answers now, a zombie's included, it must say what is stored.
    private static async Task AggregatesSayTheSameAsync(NpgsqlDataSource database, Load load)
    {
        foreach (var account in Load.AccountNames)
        {
            AccountView? view = null;
            await Eventually.TrueAsync($"{account} answers", async () =>
            {
                try
                {
                    view = await load.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount(), linearizable: true);
                    return true;
                }
                catch (Exception error) when (error is TimeoutException or OrleansException or CommandException)
                {
                    return false;
                }
            }, SiloCluster.Patience);
            await using var command = database.CreateCommand("select version from phoenix.mt_streams where id = $1");
            command.Parameters.Add(new() { Value = $"shop.account/{account}" });
            Assert.Equal(await command.ExecuteScalarAsync(), view!.Version);
            Assert.Equal(load.History.Where(sent => sent.Account == account && sent.Outcome!.IsAccepted && !sent.Id.EndsWith("-open", StringComparison.Ordinal)).Count() + 100, (int)view.Balance);
        }
    }

    private static long? DeadLetters(SiloCluster silos)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = silos.Broker.BootstrapServers, GroupId = "verdict" }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var topic = $"{silos.Prefix}.shop.account.dead-letter";
        try
        {
            return admin.GetMetadata(topic, Eventually.Patience).Topics[0].Partitions
                .Sum(partition => consumer.QueryWatermarkOffsets(new(topic, partition.PartitionId), Eventually.Patience).High.Value);
        }
        catch (KafkaException)
        {
            return null;
        }
    }
}
