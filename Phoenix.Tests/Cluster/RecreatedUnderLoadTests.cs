using System.Diagnostics;
using Phoenix.Kafka;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// A command topic is deleted and made again while programs send to it, and silo processes are killed before they have noticed it, or while
/// they do: what the topic holds then is decided once, and nothing waits for ever.
/// </summary>
[Trait("Category", "Servers")]
[Collection(ClusterTests.Name)]
public sealed class RecreatedUnderLoadTests(SharedPostgres postgres, SharedKafka kafka, ITestOutputHelper output)
{
    // Silos look at their topics every 10 s.
    private const int KilledWithin = 10_000;

    [LongFact]
    [Trait("Category", "Chaos")]
    public async Task silos_killed_after_a_topic_was_made_again_lose_and_double_nothing()
    {
        Assert.SkipUnless(SharedKafka.IsReal, "The embedded broker makes no topic anew.");
        var seed = Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using (var load = await Load.StartAsync(silos))
        {
            await load.StopAsync();
            for (var number = 0; number < 40; number++)
                await load.Grains.GetGrain<IAccountGrain>($"p-{number}")
                    .Execute(new OpenAccount("Ann"), new() { CommandId = $"open-{number}", MayBeRepeat = true });
        }

        var topic = $"{silos.Prefix}.shop.account.commands";
        int[][] rounds = [[random.Next(SiloCluster.Size)], [0, 1, 2], [random.Next(SiloCluster.Size)]];
        foreach (var (round, killed) in rounds.Index())
        {
            await using var senders = new CommandSenders(silos.Broker.BootstrapServers, topic, round);
            await Eventually.TrueAsync("commands are on their way", () => senders.Sent >= 500, SiloCluster.Patience);
            await RecreateAsync(silos, topic);
            var made = Stopwatch.GetTimestamp();
            // The moment is what is tried here.
            await Task.Delay(random.Next(KilledWithin), TestContext.Current.CancellationToken);
            await Task.WhenAll(killed.Select(silos.KillAsync));
            var after = Stopwatch.GetElapsedTime(made);
            await Task.WhenAll(killed.Select(silos.StartAsync));
            await senders.StopAsync();

            await Eventually.TrueAsync("all is done", () => Task.Run(() => silos.IsCommitted(topic)), SiloCluster.Patience);
            var records = await new LifeAccount(silos, topic).HoldsAsync();
            output.WriteLine($"killed {string.Join(", ", killed)} after {after.TotalSeconds:0.0} s: {records} records in the new life of "
                + $"{senders.Sent} sent; not sent: {senders.Failures}");
            Assert.NotEqual(0, records);
        }
    }

    private static async Task RecreateAsync(SiloCluster silos, string topic)
    {
        using var admin = new KafkaTopics(silos.Broker.BootstrapServers);
        await admin.DeleteAsync(topic);
        await Eventually.TrueAsync("the topic is gone", async () => await admin.DescribeAsync(topic) is null);
        await admin.EnsureAsync(topic, 12);
    }
}
