using System.Text;
using Phoenix.Faults;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Tests.EndToEnd;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Model;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>
/// Whoever stood behind a tag before its record was read, and stayed, gets it once, whatever breaks (guarantees 1, 6 and 7).
/// </summary>
[Trait("Category", "Servers")]
public sealed class BroadcastFaultTests(SharedPostgres postgres, SharedKafka kafka)
{
    [Fact]
    public async Task who_has_joined_gets_it_once_and_who_has_not_or_has_left_does_not()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka);
        var (joined, left, stranger) = (await rig.NewAccountAsync(), await rig.NewAccountAsync(), await rig.NewAccountAsync());
        await TagAsync(rig, joined, new JoinCampaign("spring"), new JoinCampaign("spring"));
        await TagAsync(rig, left, new JoinCampaign("spring"), new LeaveCampaign("spring"));
        await TagAsync(rig, stranger, new JoinCampaign("autumn"));

        await rig.Payments.WriteAsync(Bonus("spring", 5), null);
        await rig.Payments.WriteAsync(Bonus("nobody's", 5), null);
        await rig.Payments.PayAsync(joined, 1);
        await rig.HasBalanceAsync(joined, 6);
        await rig.AllDoneAsync();
        Assert.Equal([6m, 0m, 0m], await Task.WhenAll(new[] { joined, left, stranger }.Select(rig.BalanceAsync)));
        Assert.Equal(2, await rig.LedgerRowsAsync(joined));
        Assert.Empty(await rig.LettersAsync());

        await TagAsync(rig, joined, new LeaveCampaign("spring"));
        await TagAsync(rig, left, new JoinCampaign("spring"));
        await rig.Payments.WriteAsync(Bonus("spring", 7), null);
        await rig.HasBalanceAsync(left, 7);
        await rig.AllDoneAsync();
        Assert.Equal([6m, 7m, 0m], await Task.WhenAll(new[] { joined, left, stranger }.Select(rig.BalanceAsync)));
    }

    [Fact]
    public async Task a_record_for_one_behind_a_tag_is_nothing_to_those_who_are_not()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka);
        var (joined, stranger) = (await rig.NewAccountAsync(), await rig.NewAccountAsync());
        await TagAsync(rig, joined, new JoinCampaign("spring"));
        foreach (var account in (string[])[stranger, joined, joined])
            await rig.Payments.WriteAsync(FormattableString.Invariant($$"""{"account":"{{account}}","campaign":"spring","amount":5}"""), null);
        await rig.HasBalanceAsync(joined, 10);
        await TagAsync(rig, joined, new LeaveCampaign("spring"));
        await rig.Payments.WriteAsync(FormattableString.Invariant($$"""{"account":"{{joined}}","campaign":"spring","amount":5}"""), null);
        await rig.AllDoneAsync();
        Assert.Equal([10m, 0m], await Task.WhenAll(new[] { joined, stranger }.Select(rig.BalanceAsync)));
        Assert.Empty(await rig.LettersAsync());

        // What comes again after it has left has no second effect, and none is taken back.
        await rig.StopSiloAsync();
        rig.ForgetPositions(1);
        await rig.StartSiloAsync();
        await rig.Payments.PayAsync(stranger, 1);
        await rig.HasBalanceAsync(stranger, 1);
        await rig.AllDoneAsync();
        Assert.Equal((10m, 2L), (await rig.BalanceAsync(joined), await rig.LedgerRowsAsync(joined)));
    }

    [Fact]
    public async Task a_silo_that_ends_in_the_middle_of_two_thousand_leaves_each_one_effect()
    {
        const int Accounts = 2_000;
        PostgresFaultProxy proxy = null!;
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, proxy: database => (proxy = new PostgresFaultProxy(database)).ConnectionString);
        await using var _ = proxy;
        string[] accounts = [.. Enumerable.Range(0, Accounts).Select(number => $"{number:0000}-{Guid.NewGuid():N}")];
        await Task.WhenAll(accounts.Select(async account =>
        {
            await rig.Silo.Grains.GetGrain<IAccountGrain>(account).Execute(new OpenAccount("Ann"));
            await TagAsync(rig, account, new JoinCampaign("spring"));
        }));

        await rig.Payments.WriteAsync(Bonus("spring", 5), null);
        await rig.Payments.WriteAsync(Bonus("spring", 1), null);
        await Eventually.TrueAsync("some have it", async () => await EffectsAsync(rig) > 100);
        proxy.RefuseNew();
        proxy.CutAll();
        await rig.StopSiloAsync();
        Assert.InRange(await EffectsAsync(rig), 100, (2 * Accounts) - 1);
        proxy.Pass();

        await rig.StartSiloAsync();
        await Eventually.TrueAsync("all have both", async () => await EffectsAsync(rig) >= 2 * Accounts);
        await rig.AllDoneAsync();
        Assert.Equal(2 * Accounts, await EffectsAsync(rig));
        Assert.Equal((long)Accounts, await Sql.ScalarAsync(rig.Database, """
            select count(*) from (select 1 from phoenix.phoenix_ledger where source = 'subscription:shop.payments' and outcome = 1
                group by stream having count(*) = 2 and array_agg(reply::numeric order by version_after) = '{5,6}') as twice
            """));
        Assert.Empty(await rig.LettersAsync());
        // What comes again has no second effect.
        await rig.StopSiloAsync();
        rig.ForgetPositions(1);
        await rig.StartSiloAsync();
        await rig.Payments.PayAsync(accounts[0], 1);
        await rig.HasBalanceAsync(accounts[0], 7);
        await rig.AllDoneAsync();
        Assert.Equal((2 * Accounts) + 1, await EffectsAsync(rig));
    }

    [Fact]
    public async Task one_that_fails_is_a_dead_letter_of_its_own_and_blocks_nobody()
    {
        var domain = SourceDomain.Compile($$"""
            using Phoenix.Subscribing;
            [Subscription("test.mixed", Topic = "unused")]
            public sealed class Mixed : Subscription
            {
                public override IEnumerable<IncomingCommand> Convert(ForeignRecord record) =>
                    [ToAll("all", new Phoenix.Tests.EndToEnd.Throw()), ToAll("all", new Phoenix.Tests.EndToEnd.Note(record.ValueText))];
            }
            """);
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, domains: [typeof(Account).Assembly, typeof(Fragile).Assembly, domain],
            settings: [("Phoenix:Subscriptions:shop.payments:Enabled", "false"), ("Phoenix:Subscriptions:test.mixed:Topic", null)]);
        var keys = Enumerable.Range(0, 5).Select(number => $"{number}/{Guid.NewGuid():N}").ToList();
        foreach (var key in keys)
        {
            if (key != keys[2]) Fragile.Mended[key] = true;
            await Sql.ScalarAsync(rig.Database,
                "insert into phoenix.phoenix_tags (subscription, tag, aggregate, id) "
                + $"values ('test.mixed', 'all', 'test.fragile', '{key}') returning 1");
        }

        await rig.Payments.WriteAsync("hello", "its key"u8.ToArray());
        await Eventually.TrueAsync("all but one have it", async () => await LedgerAsync(rig) == 9);
        await rig.AllDoneAsync();
        foreach (var key in keys) Assert.Equal("hello", await rig.Silo.Grains.GetGrain<IFragileGrain>(key).Query(new Last()));

        var letter = Assert.Single(await rig.LettersAsync("test.mixed"));
        Assert.Equal(("hello", "its key"), (Encoding.UTF8.GetString(letter.Message.Value!), Encoding.UTF8.GetString(letter.Message.Key!)));
        Assert.Equal(($"test.fragile/{keys[2]}", "0", "handler-failed"),
            (Of(DeadLetterHeaders.Target), Of(DeadLetterHeaders.Ordinal), Of(DeadLetterHeaders.Reason)));

        // Put back, it comes to this one alone.
        Fragile.Mended[keys[2]] = true;
        await rig.ReplayAsync("test.mixed");
        await Eventually.TrueAsync("the effect is there", async () => await LedgerAsync(rig) == 10);
        Assert.Equal("mended", await rig.Silo.Grains.GetGrain<IFragileGrain>(keys[2]).Query(new Last()));

        string Of(string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
    }

    [Fact]
    public async Task a_broadcast_waits_for_storage_that_is_away()
    {
        PostgresFaultProxy proxy = null!;
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, proxy: database => (proxy = new PostgresFaultProxy(database)).ConnectionString);
        await using var _ = proxy;
        var account = await rig.NewAccountAsync();
        await TagAsync(rig, account, new JoinCampaign("spring"));
        proxy.RefuseNew();
        proxy.CutAll();
        await rig.Payments.WriteAsync(Bonus("spring", 5), null);
        await Eventually.TrueAsync("the silo tells of its trouble",
            () => rig.Health.Partitions.Any(each => each.Topic == rig.Payments.Name && each.Reason is not null));
        proxy.Pass();
        await rig.HasBalanceAsync(account, 5);
        await rig.AllDoneAsync();
        Assert.Empty(await rig.LettersAsync());
    }

    private static string Bonus(string campaign, int amount) =>
        FormattableString.Invariant($$"""{"campaign":"{{campaign}}","amount":{{amount}}}""");

    private static async Task TagAsync(SubscriptionRig rig, string account, params ICommand<IAccountGrain>[] commands)
    {
        foreach (var command in commands)
            Assert.Equal(OutcomeStatus.Accepted, (await rig.Silo.Grains.GetGrain<IAccountGrain>(account).Execute(command)).Status);
    }

    private static async Task<long> EffectsAsync(SubscriptionRig rig) => (long)(await Sql.ScalarAsync(
        rig.Database, "select count(*) from phoenix.phoenix_ledger where source = 'subscription:shop.payments'"))!;

    private static async Task<long> LedgerAsync(SubscriptionRig rig) => (long)(await Sql.ScalarAsync(
        rig.Database, "select count(*) from phoenix.phoenix_ledger where stream like 'test.fragile/%'"))!;
}
