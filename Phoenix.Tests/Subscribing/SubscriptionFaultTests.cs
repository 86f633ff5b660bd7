using System.Diagnostics;
using System.Text;
using Phoenix.Faults;
using Phoenix.Kafka;
using Phoenix.Tests.EndToEnd;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Model;
using Shop.Accounts;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>What breaks between a record and its commands costs no effect and doubles none (guarantees 1 and 6).</summary>
[Trait("Category", "Servers")]
public sealed class SubscriptionFaultTests(SharedPostgres postgres, SharedKafka kafka)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_silo_that_stops_between_conversion_and_commit_leaves_each_record_one_effect(bool commits)
    {
        PostgresFaultProxy proxy = null!;
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, proxy: database => (proxy = new PostgresFaultProxy(database)).ConnectionString);
        await using var _ = proxy;
        var account = await rig.NewAccountAsync();
        var held = proxy.HoldNextCommit();
        for (var number = 0; number < 20; number++) await rig.Payments.PayAsync(account, 1);
        await held.Hit.WaitAsync(Eventually.Patience, Token);
        await rig.StopSiloAsync();
        // Whether the commit takes place after all is decided when its silo is gone.
        if (commits) await held.ReleaseAsync();
        else await held.AbortAsync();

        await rig.StartSiloAsync();
        await rig.HasBalanceAsync(account, 20);
        await rig.AllDoneAsync();
        Assert.Equal((20, 20), (await rig.BalanceAsync(account), await rig.LedgerRowsAsync(account)));
        Assert.Empty(await rig.LettersAsync());
    }

    [Fact]
    public async Task records_that_come_again_because_no_position_was_committed_have_no_second_effect()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka, partitions: 3);
        var account = await rig.NewAccountAsync();
        for (var number = 0; number < 30; number++) await rig.Payments.PayAsync(account, 1, number % 3);
        await rig.Payments.WriteAsync("no json", null);
        await rig.HasBalanceAsync(account, 30);
        await rig.AllDoneAsync(3);
        await rig.StopSiloAsync();
        rig.ForgetPositions(3);

        await rig.StartSiloAsync();
        await rig.Payments.PayAsync(account, 1);
        await rig.HasBalanceAsync(account, 31);
        await rig.AllDoneAsync(3);
        Assert.Equal((31, 31), (await rig.BalanceAsync(account), await rig.LedgerRowsAsync(account)));
        var letters = await rig.LettersAsync();
        Assert.Equal(2, letters.Count);
        Assert.Single(
            letters.Select(letter => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Id))).Distinct());
    }

    [Fact]
    public async Task records_wait_for_storage_that_is_away_and_are_no_failures()
    {
        PostgresFaultProxy proxy = null!;
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, proxy: database => (proxy = new PostgresFaultProxy(database)).ConnectionString);
        await using var _ = proxy;
        string[] accounts = [await rig.NewAccountAsync(), await rig.NewAccountAsync()];
        proxy.RefuseNew();
        proxy.CutAll();
        for (var number = 0; number < 40; number++) await rig.Payments.PayAsync(accounts[number % 2], 1);
        var since = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(
            "the silo tells of its trouble, and 4 s pass",
            () =>
            Stopwatch.GetElapsedTime(since) > Outage
            && rig.Health.Partitions.Any(each => each.Topic == rig.Payments.Name && each.Reason is not null));
        Assert.NotNull((await rig.CheckAsync()).Description);

        proxy.Pass();
        foreach (var account in accounts) await rig.HasBalanceAsync(account, 20);
        await rig.AllDoneAsync();
        Assert.Equal(new long[] { 20, 20 }, await Task.WhenAll(accounts.Select(rig.LedgerRowsAsync)));
        Assert.Empty(await rig.LettersAsync());
    }

    [Fact]
    public async Task a_rejection_is_an_outcome_and_a_handler_that_fails_a_dead_letter()
    {
        // First to an account that does not take it, then to a handler that throws, then to one that is well.
        var domain = SourceDomain.Compile($$"""
            using Phoenix.Subscribing;
            [Subscription("test.mixed", Topic = "unused")]
            public sealed class Mixed : Subscription
            {
                public override IEnumerable<IncomingCommand> Convert(ForeignRecord record) =>
                [
                    To("nobody", new Shop.Accounts.Deposit(1)),
                    To(record.KeyText, new Phoenix.Tests.EndToEnd.Throw()),
                    To(record.KeyText, new Phoenix.Tests.EndToEnd.Note(record.ValueText)),
                    To(record.KeyText, new Shop.Transfers.Transfer("ann", "bob", 1)),
                ];
            }
            """);
        await using var rig = await SubscriptionRig.StartAsync(
            postgres, kafka, domains: [typeof(Account).Assembly, typeof(Fragile).Assembly, domain],
            settings: [("Phoenix:Subscriptions:shop.payments:Enabled", "false"), ("Phoenix:Subscriptions:test.mixed:Topic", null)]);
        var key = Guid.NewGuid().ToString("N");
        await rig.Payments.WriteAsync("hello", Encoding.UTF8.GetBytes(key));
        await rig.AllDoneAsync();

        Assert.Equal("hello", await rig.Silo.Grains.GetGrain<IFragileGrain>(key).Query(new Last()));
        var transfer = await rig.Silo.Grains.GetGrain<ITransferGrain>(key).Wait(TimeSpan.FromSeconds(20));
        Assert.Equal("not-open", transfer.Code);
        var letter = Assert.Single(await rig.LettersAsync("test.mixed"));
        Assert.Equal("hello", Encoding.UTF8.GetString(letter.Message.Value!));
        Assert.Equal("handler-failed", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Reason)));
        var message = Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Message));
        Assert.StartsWith($"Command 1, 'test.throw' to 'test.fragile/{key}': The handler", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Out of order", message, StringComparison.Ordinal);

        // The letter is put back once the handler is mended: only what had no effect has one now, and its topic is not written to.
        var end = rig.Health.Partitions.Single(each => each.Topic == rig.Payments.Name).EndOffset;
        Fragile.Mended[key] = true;
        await rig.ReplayAsync("test.mixed");
        await Eventually.TrueAsync("the handler's effect is there",
            async () => await rig.Silo.Grains.GetGrain<IFragileGrain>(key).Query(new Last()) == "mended");
        Assert.Equal(["test.note", "test.throw"], await LedgerAsync(rig, $"test.fragile/{key}"));
        var letters = rig.Silo.Grains.GetGrain<IDeadLettersGrain>(0);
        var replayed = Assert.Single((await letters.List(new() { Name = "test.mixed", State = "replayed" })).Letters);
        await letters.Replay(replayed.Id, new("once more"));
        await rig.Silo.Grains.GetGrain<IFragileGrain>(key).Execute(new Note("last"));
        Assert.Equal(["test.note", "test.note", "test.throw"], await LedgerAsync(rig, $"test.fragile/{key}"));
        Assert.Equal(end, rig.Health.Partitions.Single(each => each.Topic == rig.Payments.Name).EndOffset);
    }

    private static async Task<string[]> LedgerAsync(SubscriptionRig rig, string stream) => (string[])(await Sql.ScalarAsync(
        rig.Database, $"select coalesce(array_agg(command order by command), '{{}}') from phoenix.phoenix_ledger where stream = '{stream}'"))!;
}
