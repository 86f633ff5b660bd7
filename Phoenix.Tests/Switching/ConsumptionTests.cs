using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Health;
using Phoenix.Kafka;
using Phoenix.Tests.EndToEnd;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Switching;

/// <summary>A topic that is switched off is read by no silo, also after a restart, and nothing of it is lost.</summary>
[Trait("Category", "Servers")]
public sealed class ConsumptionTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private RunningService _service = null!;

    private string Topic => _service.Wire.CommandTopic("shop.account");

    private IConsumptionGrain Switch => _service.Silo.Grains.GetGrain<IConsumptionGrain>(0);

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task what_comes_while_a_topic_is_off_waits_over_a_restart_and_is_decided_once_it_is_on()
    {
        var key = await _service.NewAccountAsync();
        await Switch.Off(Topic, "the price list is wrong");
        await OffAsync();

        var waiting = _service.Account(key, "deposit", """{"amount":5}""");
        await _service.Wire.SendAsync(waiting);
        // A topic of its own, which is read as before.
        var other = await _service.Wire.RequestAsync(_service.Fragile(Guid.NewGuid().ToString("N"), "note", """{"text":"x"}"""));
        Assert.Equal("accepted", other.Status);
        Assert.Equal(HealthStatus.Degraded, (await HealthAsync()).Status);

        await _service.StopSiloAsync();
        await _service.StartSiloAsync();
        await OffAsync();
        Assert.Contains("1 topic(s) are switched off", (await HealthAsync()).Description, StringComparison.Ordinal);
        Assert.Single(await _service.LedgerAsync($"shop.account/{key}"));

        Assert.True(await Switch.On(Topic));
        Assert.Equal(("accepted", (1L, 2L)), (await _service.Wire.ReplyAsync(waiting)) is var reply ? (reply.Status, reply.Versions) : default);
        Assert.Equal(2, (await _service.LedgerAsync($"shop.account/{key}")).Count);
        Assert.False(await Switch.On(Topic));
        await Eventually.TrueAsync("health sees it", async () => (await HealthAsync()).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task it_is_listed_with_its_reason_and_what_nobody_reads_is_refused()
    {
        await Switch.Off(Topic, "first");
        var since = (await ListedAsync()).OffSince;
        await Switch.Off(Topic, "second");
        var listed = await ListedAsync();
        Assert.Equal(("shop.account", "second", since), (listed.Name, listed.Reason, listed.OffSince));
        Assert.NotNull(since);
        Assert.Contains(await Switch.List(), one => one is { Name: "test.fragile", OffSince: null, Reason: null });

        var unknown = await Assert.ThrowsAsync<ArgumentException>(() => Switch.Off("no-such-topic", "reason"));
        Assert.Contains(Topic, unknown.Message, StringComparison.Ordinal);
        foreach (var reason in new[] { "", " ", new string('x', 501) })
            await Assert.ThrowsAsync<ArgumentException>(() => Switch.Off(Topic, reason));
    }

    [Fact]
    public async Task the_switch_stays_as_it_is_while_the_database_cannot_be_asked()
    {
        await Switch.Off(Topic, "a test");
        await OffAsync();
        // Each question fails from now on, and is counted: what a sequence has given is not taken back.
        await Sql.ExecuteAsync(_service.Database, """
            create sequence phoenix.asked;
            create function phoenix.fail() returns text language plpgsql as
                $$ begin perform nextval('phoenix.asked'); raise exception 'not now'; end $$;
            begin;
            alter table phoenix.phoenix_topics_off rename to away;
            create view phoenix.phoenix_topics_off as select 't' as topic, now() as since, phoenix.fail() as reason;
            commit
            """);
        await Eventually.TrueAsync("it was asked again, in vain", async () =>
            (long)(await Sql.ScalarAsync(_service.Database, "select last_value from phoenix.asked"))! >= 3);
        Assert.True(_service.Silo.Services.GetRequiredService<IConsumptionSwitch>().IsOff(Topic));
        Assert.False(_service.Silo.Services.GetRequiredService<IConsumptionSwitch>().IsOff("another"));
    }

    [Fact]
    public async Task a_silo_that_cannot_read_the_switches_reads_nothing_and_says_so()
    {
        var key = await _service.NewAccountAsync();
        await _service.StopSiloAsync();
        await Sql.ExecuteAsync(_service.Database, """
            alter table phoenix.phoenix_topics_off rename to away;
            create function phoenix.fail() returns text language plpgsql as $$ begin raise exception 'not now'; end $$;
            create view phoenix.phoenix_topics_off as select 't' as topic, now() as since, phoenix.fail() as reason;
            """);
        await _service.StartSiloAsync();
        var waiting = _service.Account(key, "deposit", """{"amount":5}""");
        await _service.Wire.SendAsync(waiting);
        await Eventually.TrueAsync("health says so", async () =>
            (await HealthAsync()) is { Status: HealthStatus.Degraded, Description: { } said } && said.StartsWith("No topic is read", StringComparison.Ordinal));
        Assert.Single(await _service.LedgerAsync($"shop.account/{key}"));

        await Sql.ExecuteAsync(_service.Database, "begin; drop view phoenix.phoenix_topics_off; alter table phoenix.away rename to phoenix_topics_off; commit");
        Assert.Equal("accepted", (await _service.Wire.ReplyAsync(waiting)).Status);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync()).Status);
    }

    private async Task<ConsumedTopic> ListedAsync() => (await Switch.List()).Single(one => one.Topic == Topic);

    private Task OffAsync() => Eventually.TrueAsync("no partition of the topic is read", () => Task.FromResult(
        _service.Health.Where(partition => partition.Topic == Topic).ToList() is { Count: 3 } all
        && all.TrueForAll(partition => partition is { SwitchedOff: true, Paused: true })));

    private Task<HealthCheckResult> HealthAsync() => new ConsumptionCheck(_service.Silo.Services, TimeProvider.System).CheckHealthAsync(new());
}
