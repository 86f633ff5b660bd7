using Phoenix.EventStore;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>A subscription that begins with "now" has one now, whoever begins and whatever becomes of silos and topic.</summary>
[Trait("Category", "Servers")]
public sealed class FirstStartTests(SharedPostgres postgres, SharedKafka kafka)
{
    private const int Partitions = 3;
    private static readonly (string, string?) Now = ("Phoenix:Subscriptions:shop.payments:Start", "Now");

    [Fact]
    public async Task of_many_that_say_where_a_topic_begins_at_once_one_is_kept()
    {
        await using var log = new EventLog(await EventLog.NewDatabaseAsync(postgres));
        var table = new TopicStartTable(log.Connections, new TableNames(log.Store.Options));
        var kept = await Task.WhenAll(Enumerable.Range(1, 20).Select(
            number => Task.Run(() => table.KeepAsync("t", "g", $"life-{number}", [number, number]))));
        var one = Assert.Single(kept.Select(each => $"{each.Life} {string.Join(' ', each.Places)}").Distinct());
        Assert.Matches("^life-([0-9]+) \\1 \\1$", one);
        Assert.Equal(("other", 0), await table.KeepAsync("t", "another group", "other", []) is var (life, places) ? (life, places.Count) : default);
    }

    [RealBrokerFact]
    public async Task two_silos_that_begin_at_once_take_one_place()
    {
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, Partitions, settings: [("Phoenix:Subscriptions:shop.payments:Enabled", "false")]);
        var account = await rig.NewAccountAsync();
        await rig.StopSiloAsync();
        rig.Settings = [Now];
        using var stop = new CancellationTokenSource();
        var written = PayAsync(rig.Payments, account, stop.Token);

        var another = rig.NewSiloAsync();
        await rig.StartSiloAsync();
        await using (await another)
        {
            await Eventually.TrueAsync("payments take effect", async () => await rig.LedgerRowsAsync(account) > 0);
            await stop.CancelAsync();
        }

        // The other one, which is of another cluster, decides on the same account no more.
        var places = (long[])(await Sql.ScalarAsync(rig.Database, "select places from phoenix.phoenix_topic_starts"))!;
        var expected = (await written).Count(place => place.Offset >= places[place.Partition]);
        await Eventually.TrueAsync("all from that place on take effect", async () => await rig.LedgerRowsAsync(account) == expected);
        await rig.AllDoneAsync(Partitions);
        Assert.Equal(expected, await rig.LedgerRowsAsync(account));
    }

    /// <summary>The broker forgets the positions of a topic with the topic: that is no first start.</summary>
    [RealBrokerFact]
    public async Task a_topic_that_is_made_anew_while_no_silo_runs_is_read_from_its_beginning()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka, Partitions, settings: [Now]);
        var account = await rig.NewAccountAsync();
        await Eventually.TrueAsync("all partitions are read", () => rig.Health.Partitions.Count(
            each => each.Topic == rig.Payments.Name && each.DoneOffset is not null) == Partitions);
        await rig.StopSiloAsync();
        await rig.Payments.RecreateAsync(Partitions);
        for (var number = 0; number < 6; number++) await rig.Payments.PayAsync(account, 1, number % Partitions);
        await rig.StartSiloAsync();
        await rig.HasBalanceAsync(account, 6);
    }

    private static async Task<List<(int Partition, long Offset)>> PayAsync(PaymentTopic topic, string account, CancellationToken end)
    {
        var written = new List<(int, long)>();
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var place = await topic.PayAsync(account, 1, number % Partitions);
            written.Add((place.Partition.Value, place.Offset.Value));
            // Some while the silos begin, not so many that they do nothing else.
            await Task.Delay(50, CancellationToken.None);
        }

        return written;
    }
}
