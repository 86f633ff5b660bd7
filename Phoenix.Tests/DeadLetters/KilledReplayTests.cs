using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Npgsql;
using Phoenix.Tests.Cluster;
using Phoenix.Tests.Gateway;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.DeadLetters;

/// <summary>
/// Thousands of letters are replayed by three silo processes, and the one that does it is killed when it has sent a page and not yet
/// written that down: another goes on, and each letter has one effect.
/// </summary>
[Trait("Category", "Servers")]
[Collection(ClusterTests.Name)]
public sealed class KilledReplayTests(SharedPostgres postgres, SharedKafka kafka)
{
    private static readonly int Letters = LongFactAttribute.AreWanted ? 100_000 : 3_000;
    private static readonly TimeSpan Patience = SiloCluster.Patience * (LongFactAttribute.AreWanted ? 5 : 1);
    private const int Accounts = 30;

    private const string Waiting =
        "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%phoenix_letter_replays%'";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_replay_that_is_killed_between_sending_and_noting_goes_on_elsewhere_with_one_effect_each()
    {
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var gateway = await RunningGateway.StartAsync(
            ("Phoenix:Kafka", silos.Broker.BootstrapServers), ("Phoenix:TopicPrefix", silos.Prefix),
            ("Phoenix:ConnectionString", silos.Database),
            ("Phoenix:Gateway:Token", RunningGateway.Token), ("Phoenix:Gateway:OperatorToken", LetterRig.OperatorToken));
        gateway.Http.DefaultRequestHeaders.Authorization = new("Bearer", LetterRig.OperatorToken);
        for (var account = 0; account < Accounts; account++)
        {
            var path = $"/v1/aggregates/shop.account/a-{account}/commands/shop.open-account";
            var opened = await gateway.PostAsync(path, """{"owner":"Ann"}""", ("Idempotency-Key", $"open-{account}"));
            opened.EnsureSuccessStatusCode();
        }

        await WriteLettersAsync(silos);
        await Eventually.TrueAsync("all are listed", async () => await CountAsync(gateway, "") == Letters, Patience);

        // Nobody begins before the test is there.
        await Sql.ExecuteAsync(silos.Database,
            "update phoenix.phoenix_leases set owner = 'the test', expires = now() + interval '1 h' where name = 'dead-letter-replays'");
        var begun = await gateway.PostAsync($"/v1/letters/replays?at-most={Letters}", """{"reason":"the handler is mended"}""");
        var id = (await begun.JsonAsync()).GetProperty("id").GetGuid();
        await using var holder = new NpgsqlConnection(silos.Database);
        await holder.OpenAsync(Cancellation);
        await using (var transaction = await holder.BeginTransactionAsync(Cancellation))
        {
            // Whoever replays cannot note the first page that it has sent.
            await new NpgsqlCommand($"select 1 from phoenix.phoenix_letter_replays where id = '{id}' for update", holder, transaction)
                .ExecuteNonQueryAsync(Cancellation);
            await Sql.ExecuteAsync(silos.Database, "update phoenix.phoenix_leases set expires = now() where name = 'dead-letter-replays'");
            await Eventually.TrueAsync("it waits to note a page", async () => await Sql.CountAsync(silos.Database, Waiting) > 0);
            await silos.KillAsync(await HolderAsync(silos));
            // With its sessions: PostgreSQL would do what they wait for.
            await Sql.ExecuteAsync(silos.Database, $"select count(pg_terminate_backend(pid)) from {Waiting}");
        }

        Assert.Equal("replaying", await StateAsync(silos, id));
        await Eventually.TrueAsync("the replay has ended", async () => await StateAsync(silos, id) == "replayed", Patience);
        await Eventually.TrueAsync("all have their effect", async () => await EffectsAsync(silos) >= Letters, Patience);
        Assert.Equal(Letters, await EffectsAsync(silos));
        Assert.Equal((0, Letters), (await CountAsync(gateway, ""), await CountAsync(gateway, "?state=replayed")));
        var status = await ReadAsync(gateway, $"/v1/letters/replays/{id}");
        Assert.Equal((Letters, 0), (status.GetProperty("replayed").GetInt32(), status.GetProperty("skipped").GetInt32()));
        // A page was sent twice: the records are there, the effects are not.
        Assert.True(Sent(silos) > Letters + Accounts, $"{Sent(silos)} records in the command topic: the page was not sent again.");
    }

    private static async Task<int> HolderAsync(SiloCluster silos) => int.Parse(
        ((string)(await Sql.ScalarAsync(silos.Database, """
            select m.silo_name from phoenix.membership m, phoenix.phoenix_leases l where l.name = 'dead-letter-replays' and m.status = 3
                and l.owner like '%' || replace(m.silo, '@', ':') || ' %'
            """))!)["silo-".Length..], CultureInfo.InvariantCulture);

    private static async Task<string?> StateAsync(SiloCluster silos, Guid id) =>
        (string?)await Sql.ScalarAsync(silos.Database, $"select state from phoenix.phoenix_letter_replays where id = '{id}'");

    private static async Task<int> CountAsync(RunningGateway gateway, string query) =>
        (await ReadAsync(gateway, $"/v1/letters/count{query}")).GetProperty("letters").GetInt32();

    // A call to a silo that has just died is answered with a problem.
    private static async Task<JsonElement> ReadAsync(RunningGateway gateway, string path)
    {
        JsonElement? read = null;
        await Eventually.TrueAsync($"{path} is answered", async () =>
        {
            var response = await gateway.Http.GetAsync(path, Cancellation);
            if (response.IsSuccessStatusCode) read = await response.JsonAsync();
            return read is not null;
        }, SiloCluster.Patience);
        return read!.Value;
    }

    private static async Task<long> EffectsAsync(SiloCluster silos) => (long)(await Sql.ScalarAsync(
        silos.Database, "select count(*) from phoenix.mt_events where type = 'shop.money-deposited'"))!;

    private static long Sent(SiloCluster silos)
    {
        var settings = new ConsumerConfig { BootstrapServers = silos.Broker.BootstrapServers, GroupId = "looking" };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(settings).Build();
        return Enumerable.Range(0, 12).Sum(number => consumer.QueryWatermarkOffsets(
            new($"{silos.Prefix}.shop.account.commands", number), Eventually.Patience).High.Value);
    }

    // As silos would have written them, had the handler failed.
    private static async Task WriteLettersAsync(SiloCluster silos)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = silos.Broker.BootstrapServers, Partitioner = Partitioner.Murmur2Random, EnableIdempotence = true,
                LingerMs = 5,
        }).Build();
        await Task.WhenAll(Enumerable.Range(0, Letters).Select(number =>
        {
            var headers = new Headers();
            (string, string)[] texts =
            [
                ("ce_specversion", "1.0"), ("ce_id", $"d-{number}"), ("ce_type", "shop.deposit"), ("ce_source", "test"),
                ("deadletterid", $"life:0:{number}:1"), ("deadletterreason", "handler-failed"), ("deadlettermessage", "It failed."),
                ("deadlettertopic", $"{silos.Prefix}.shop.account.commands"), ("deadletterpartition", "0"),
                ("deadletteroffset", $"{number}"), ("deadlettertime", DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture)),
            ];
            foreach (var (name, text) in texts) headers.Add(name, Encoding.UTF8.GetBytes(text));
            return producer.ProduceAsync($"{silos.Prefix}.shop.account.dead-letter", new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes($"a-{number % Accounts}"), Value = """{"amount":1}"""u8.ToArray(), Headers = headers,
            });
        }));
    }
}
