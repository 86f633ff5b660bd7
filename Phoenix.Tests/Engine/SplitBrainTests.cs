using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>Guarantees 1, 3 and 11 with two silos that do not know each other and both hold the aggregate.</summary>
[Trait("Category", "Servers")]
public sealed class SplitBrainTests(CounterSilo silo) : IClassFixture<CounterSilo>
{
    [Fact]
    public async Task both_decide_at_once_and_every_command_has_one_effect()
    {
        var here = silo.New();
        var there = await silo.StrangerAsync(here);
        var told = await Task.WhenAll(Enumerable.Range(0, 60).SelectMany(id => new[] { UntilTold(here, $"c-{id}"), UntilTold(there, $"c-{id}") }));

        Assert.Equal(60, told.Select(outcome => (outcome.CommandId, outcome.VersionBefore, outcome.VersionAfter)).Distinct().Count());
        Assert.Equal(60, await here.Query(new GetTotal(), linearizable: true));
        Assert.Equal(60, await there.Query(new GetTotal(), linearizable: true));
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task nothing_is_rejected_or_waved_through_on_stale_state()
    {
        var here = silo.New();
        var there = await silo.StrangerAsync(here);
        Assert.Equal("too-little", (await here.Execute(new Take(5))).Code);
        await there.Execute(new Add(10));

        Assert.True((await here.Execute(new Take(5))).IsAccepted);
        Assert.Equal(5, (await there.Execute(new Note())).Reply<int>());
        Assert.Equal("too-little", (await there.Execute(new Take(6))).Code);
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_linearizable_query_sees_the_others_write_and_a_plain_one_may_not()
    {
        var here = silo.New();
        var there = await silo.StrangerAsync(here);
        await here.Execute(new Add(1));
        await there.Execute(new Add(1));

        Assert.Equal(1, await here.Query(new GetTotal()));
        Assert.Equal(2, await here.Query(new GetTotal(), linearizable: true));
        Assert.Equal(2, await here.Query(new GetTotal()));
    }

    [Fact]
    public async Task conflicts_are_met_a_bounded_number_of_times()
    {
        var here = silo.New();
        var there = await silo.StrangerAsync(here);
        var met = 0;
        silo.Hindrances.Deed("rival", async () =>
        {
            met++;
            await there.Execute(new Add(1));
        });

        var error = await Assert.ThrowsAsync<UnavailableException>(() => here.Execute(new AddWhenLet(100, "rival"), CounterSilo.Id("loser")));

        Assert.Contains("changed elsewhere 3 times", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, met);
        silo.Hindrances.Deed("rival", () => Task.CompletedTask);
        Assert.True((await here.Execute(new AddWhenLet(100, "rival"), CounterSilo.Id("loser"))).IsAccepted);
        Assert.Equal(103, await here.Query(new GetTotal()));
        await silo.ConsistentAsync();
    }

    private static async Task<Outcome> UntilTold(ICounterGrain counter, string id)
    {
        while (true)
        {
            try
            {
                return await counter.Execute(new Add(1), CounterSilo.Id(id));
            }
            catch (UnavailableException)
            {
                // Lost too many races; the same id again is what its message says.
            }
        }
    }
}
