using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phoenix.Aggregates;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>Aggregates leave memory when nobody uses them, and when there are too many; what they know stays.</summary>
[Trait("Category", "Servers")]
public sealed class IdleAggregatesTests(SharedPostgres postgres)
{
    [Fact]
    public async Task each_kind_of_aggregate_leaves_after_its_own_idle_time()
    {
        await using var silo = await StartAsync(new() { IdleAfterOf = { ["tests.counter"] = TimeSpan.FromSeconds(1) } });
        var counter = silo.Grains.GetGrain<ICounterGrain>("idle");
        await silo.Grains.GetGrain<IAccountGrain>("idle").Execute(new Deposit(5));
        await counter.Execute(new Add(1));

        await Eventually.TrueAsync("the counter has left", async () => (await ActiveAsync(silo, "tests.counter")).Count == 0);
        Assert.Single(await ActiveAsync(silo, "shop.account"));
        Assert.Equal(2, (await counter.Execute(new Add(1))).Reply<int>());
    }

    [Fact]
    public async Task a_kind_without_a_time_of_its_own_leaves_after_the_common_one()
    {
        await using var silo = await StartAsync(new() { IdleAfter = TimeSpan.FromSeconds(1), IdleAfterOf = { ["shop.account"] = TimeSpan.FromHours(1) } });
        await silo.Grains.GetGrain<IAccountGrain>("idle").Execute(new Deposit(5));
        await silo.Grains.GetGrain<ICounterGrain>("idle").Execute(new Add(1));

        await Eventually.TrueAsync("the counter has left", async () => (await ActiveAsync(silo, "tests.counter")).Count == 0);
        Assert.Single(await ActiveAsync(silo, "shop.account"));
    }

    [Fact]
    public async Task no_more_aggregates_stay_than_may_be_active_and_none_forgets_anything()
    {
        const int Touched = 200;
        await using var silo = await StartAsync(new() { MaxActive = 20 });
        var counters = Enumerable.Range(0, Touched).Select(number => silo.Grains.GetGrain<ICounterGrain>($"c-{number}")).ToList();
        foreach (var counter in counters) await counter.Execute(new Add(1));
        await Eventually.TrueAsync("the surplus has left", async () => (await ActiveAsync(silo, "tests.counter")).Count <= 20);
        Assert.InRange(silo.Services.GetRequiredService<ActiveAggregates>().Count, 1, 20);

        // All at once: as many as wait for their turn leave while others come.
        var outcomes = await Task.WhenAll(counters.Select(counter => counter.Execute(new Add(1))));
        Assert.All(outcomes, outcome => Assert.Equal(2, outcome.VersionAfter));
    }

    [Theory]
    [InlineData("Phoenix:Aggregates:IdleAfter", "00:00:00.5", "at least 1 s")]
    [InlineData("Phoenix:Aggregates:IdleAfterOf:tests.counter", "00:00:00", "at least 1 s")]
    [InlineData("Phoenix:Aggregates:IdleAfterOf:tests.countre", "00:01:00", "tests.counter")]
    [InlineData("Phoenix:Aggregates:MaxActive", "0", "at least 1")]
    public async Task a_setting_that_cannot_be_is_named_at_the_start(string key, string value, string expected)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestSilo.StartAsync("Host=nowhere", settings: [(key, value)]));
        Assert.Contains(key.Contains("countre", StringComparison.Ordinal) ? "IdleAfterOf names 'tests.countre'" : key, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private async Task<TestSilo> StartAsync(AggregateOptions options) =>
        await TestSilo.StartAsync(await postgres.NewDatabaseAsync(), silo: silo => silo.Services.AddSingleton<IHindrance>(new Hindrances()).AddSingleton(options));

    private static async Task<List<GrainId>> ActiveAsync(TestSilo silo, string aggregate) =>
        await silo.Grains.GetGrain<IManagementGrain>(0).GetActiveGrains(GrainType.Create(aggregate));
}
