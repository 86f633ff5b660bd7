using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>A foreign topic is as its owner makes it: absent, made again, grown, compacted, written in transactions, with large
/// records.</summary>
[Trait("Category", "Servers")]
public sealed class ForeignTopicTests(SharedPostgres postgres, SharedKafka kafka)
{
    [Fact]
    public async Task a_topic_that_is_absent_is_not_created_is_told_and_is_read_from_its_beginning_when_it_comes()
    {
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, partitions: 0, settings: [("Phoenix:Subscriptions:shop.payments:Start", "now")]);
        var account = await rig.NewAccountAsync();
        await Eventually.TrueAsync("its absence is told", async () => (await rig.CheckAsync()) is { Status: HealthStatus.Degraded,
            Description: { } told } && told.Contains(rig.Payments.Name, StringComparison.Ordinal));
        Assert.Equal(rig.Payments.Name, Assert.Single(rig.Health.Missing).Topic);
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = rig.Payments.Bootstrap }).Build())
            Assert.DoesNotContain(admin.GetMetadata(Eventually.Patience).Topics, topic => topic.Topic == rig.Payments.Name);

        await kafka.CreateTopicAsync(rig.Payments.Name, 2);
        for (var number = 0; number < 10; number++) await rig.Payments.PayAsync(account, 1, number % 2);
        await rig.HasBalanceAsync(account, 10);
        await rig.AllDoneAsync(2);
        Assert.Equal(HealthStatus.Healthy, (await rig.CheckAsync()).Status);
        Assert.Empty(rig.Health.Missing);
    }

    [RealBrokerFact]
    public async Task a_topic_that_is_made_again_begins_anew_and_the_same_places_are_other_records()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka);
        var account = await rig.NewAccountAsync();
        for (var number = 0; number < 10; number++) await rig.Payments.PayAsync(account, 1);
        await rig.HasBalanceAsync(account, 10);
        await rig.AllDoneAsync();

        await rig.Payments.RecreateAsync(1);
        using var again = new PaymentTopic(rig.Payments.Bootstrap, rig.Payments.Name);
        for (var number = 0; number < 15; number++) await again.PayAsync(account, 1);
        await rig.HasBalanceAsync(account, 25);
        await rig.AllDoneAsync();
        Assert.Equal((25, 25), (await rig.BalanceAsync(account), await rig.LedgerRowsAsync(account)));
    }

    [RealBrokerFact]
    public async Task partitions_that_a_topic_gets_are_read_from_their_beginning()
    {
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, settings: [("Phoenix:Subscriptions:shop.payments:Start", "now")]);
        var account = await rig.NewAccountAsync();
        await rig.AllDoneAsync();
        await rig.Payments.PayAsync(account, 1);
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = rig.Payments.Bootstrap }).Build())
            await admin.CreatePartitionsAsync([new() { Topic = rig.Payments.Name, IncreaseTo = 3 }]);
        using var knowing = new PaymentTopic(rig.Payments.Bootstrap, rig.Payments.Name);
        for (var number = 0; number < 9; number++) await knowing.PayAsync(account, 1, number % 3);
        await rig.HasBalanceAsync(account, 10);
        await rig.AllDoneAsync(3);
        Assert.Equal(10, await rig.LedgerRowsAsync(account));
    }

    [RealBrokerFact]
    public async Task of_a_compacted_topic_what_is_left_takes_effect_and_its_gaps_hold_nothing_up()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka, partitions: 0);
        var account = await rig.NewAccountAsync();
        await rig.StopSiloAsync();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = rig.Payments.Bootstrap }).Build())
            await admin.CreateTopicsAsync([new() { Name = rig.Payments.Name, NumPartitions = 1, ReplicationFactor = 1, Configs = new()
            {
                ["cleanup.policy"] = "compact", ["segment.ms"] = "100", ["min.cleanable.dirty.ratio"] = "0.01", ["delete.retention.ms"] = "600000",
            } }]);
        var written = 0;
        // The last of five keys says that it is forgotten.
        for (var number = 0; number < 50; number++) await PayAsync(number % 5, PaymentTopic.Body(account, 1));
        await PayAsync(4, null);
        await Eventually.TrueAsync("the topic has gaps", async () =>
        {
            // Only segments that are closed are cleaned, and a new record closes one.
            await PayAsync(5, PaymentTopic.Body(account, 1));
            return Offsets(rig.Payments) is var left && left.Count < left[^1] + 1;
        });
        await rig.StartSiloAsync();
        await rig.AllDoneAsync();

        // What is left may become less until it is read.
        Assert.InRange(await rig.BalanceAsync(account), 5, written - 1);
        Assert.Equal(await rig.BalanceAsync(account), await rig.LedgerRowsAsync(account));
        Assert.Empty(await rig.LettersAsync());
        var before = await rig.BalanceAsync(account);
        await PayAsync(0, PaymentTopic.Body(account, 1));
        await rig.HasBalanceAsync(account, before + 1);

        async Task PayAsync(int key, string? value)
        {
            await rig.Payments.WriteAsync(value, Encoding.UTF8.GetBytes($"{key}"));
            if (value is not null) written++;
        }
    }

    private static List<long> Offsets(PaymentTopic topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = topic.Bootstrap, GroupId = "looking",
            EnablePartitionEof = true, EnableAutoCommit = false }).Build();
        consumer.Assign(new TopicPartitionOffset(topic.Name, 0, Offset.Beginning));
        var offsets = new List<long>();
        while (consumer.Consume(TestContext.Current.CancellationToken) is { IsPartitionEOF: false } found) offsets.Add(found.Offset.Value);
        return offsets;
    }

    [RealBrokerFact]
    public async Task what_a_transaction_wrote_takes_effect_when_it_commits_and_what_was_aborted_never()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka);
        var account = await rig.NewAccountAsync();
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = rig.Payments.Bootstrap,
            TransactionalId = rig.Payments.Name }).Build();
        producer.InitTransactions(Eventually.Patience);
        foreach (var (amount, commit) in new[] { (1, true), (100, false), (2, true), (200, false) })
        {
            producer.BeginTransaction();
            producer.Produce(rig.Payments.Name, new() { Value = PaymentTopic.Body(account, amount) });
            producer.Flush(Eventually.Patience);
            if (commit) producer.CommitTransaction(Eventually.Patience);
            else producer.AbortTransaction(Eventually.Patience);
        }

        await rig.HasBalanceAsync(account, 3);
        await rig.AllDoneAsync();
        Assert.Equal((3, 2), (await rig.BalanceAsync(account), await rig.LedgerRowsAsync(account)));
    }

    [RealBrokerFact]
    public async Task a_record_of_five_megabytes_is_read_and_one_above_the_limit_goes_to_the_dead_letters_whole()
    {
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, partitions: 0, settings: [("Phoenix:Subscriptions:shop.payments:MaxRecordBytes", $"{6_000_000}")]);
        var account = await rig.NewAccountAsync();
        using (var admin = new KafkaTopics(rig.Payments.Bootstrap))
            await admin.EnsureAsync(
                rig.Payments.Name, 1, settings: new Dictionary<string, string> { ["max.message.bytes"] = $"{12_000_000}" });
        await rig.Payments.WriteAsync(Padded(5_000_000), null);
        await rig.Payments.WriteAsync(Padded(7_000_000), null);
        await rig.Payments.PayAsync(account, 1);
        await rig.HasBalanceAsync(account, 3);
        await rig.AllDoneAsync();

        var letter = Assert.Single(await rig.LettersAsync());
        Assert.Equal("too-large", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Reason)));
        Assert.Equal(Padded(7_000_000), Encoding.UTF8.GetString(letter.Message.Value!));

        string Padded(int bytes) => PaymentTopic.Body(account, 2)[..^1] + $",\"note\":\"{new string('x', bytes)}\"}}";
    }
}
