using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Subscribing;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>Silo processes are killed while they make commands of the records of a foreign topic.</summary>
[Trait("Category", "Servers")]
[Collection(ClusterTests.Name)]
public sealed class LosingSubscribersTests(SharedPostgres postgres, SharedKafka kafka)
{
    private const int Accounts = 40;
    private const int Payments = 6_000;

    [Fact]
    public async Task killed_silos_leave_each_record_one_effect()
    {
        using var topic = new PaymentTopic(await kafka.BootstrapAsync(), PaymentTopic.NewName());
        await kafka.CreateTopicAsync(topic.Name, 12);
        await using var silos = await SiloCluster.StartAsync(
            await postgres.NewDatabaseAsync(), await kafka.BrokerAsync(),
            further: new() { ["Phoenix__Subscriptions__shop_payments__Topic"] = topic.Name });
        await using (var load = await Load.StartAsync(silos))
        {
            await load.StopAsync();
            for (var number = 0; number < Accounts; number++)
                await load.Grains.GetGrain<IAccountGrain>($"p-{number}")
                    .Execute(new OpenAccount("Ann"), new() { CommandId = $"open-{number}", MayBeRepeat = true });
        }

        var paying = Task.Run(() => PayAsync(topic), TestContext.Current.CancellationToken);
        foreach (var (killed, after) in new[] { (1, 500), (2, 2_000), (0, 3_500) })
        {
            await Eventually.TrueAsync(
                $"{after} records took effect", async () => await EffectsAsync(silos) >= after, SiloCluster.Patience);
            await silos.KillAsync(killed);
            await silos.StartAsync(killed);
        }

        await paying;
        await Eventually.TrueAsync("all records took effect", async () => await EffectsAsync(silos) >= Payments, SiloCluster.Patience);
        await Eventually.TrueAsync(
            "all positions are committed", () => Task.Run(() => silos.IsCommitted(topic.Name)), SiloCluster.Patience);
        Assert.Equal(Payments, await EffectsAsync(silos));
        Assert.Equal(Payments,
            await CountAsync(
            silos, "select count(*) from phoenix.mt_events where type = 'shop.money-deposited' and stream_id like 'shop.account/p-%'"));
    }

    private static Task<long> EffectsAsync(SiloCluster silos) =>
        CountAsync(silos, "select count(*) from phoenix.phoenix_ledger where source = 'subscription:shop.payments'");

    private static async Task<long> CountAsync(SiloCluster silos, string sql) => (long)(await Sql.ScalarAsync(silos.Database, sql))!;

    // Not faster than they are decided, so that there is always something between conversion and commit.
    private static async Task PayAsync(PaymentTopic topic)
    {
        for (var number = 0; number < Payments; number += 20)
            await Task.WhenAll(Enumerable.Range(number, 20).Select(each => topic.PayAsync($"p-{each % Accounts}", 1, each % 12)));
    }
}
