using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>A foreign topic is as its owner makes it: absent, made again, written in transactions, with large records.</summary>
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
