using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>Guarantee 1: a known id gets its recorded outcome, whatever has become of its aggregate since.</summary>
[Trait("Category", "Servers")]
public sealed class KnownIdTests(CounterSilo silo) : IClassFixture<CounterSilo>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_broken_aggregate_tells_what_it_decided_before(bool isParked)
    {
        var counter = silo.New();
        await counter.Execute(new Add(1));
        var accepted = await counter.Execute(new Add(2), CounterSilo.Id("accepted"));
        var rejected = await counter.Execute(new Take(100), CounterSilo.Id("rejected"));
        await silo.ChangeAsync($"update phoenix.mt_events set type = 'tests.unheard-of' where stream_id = '{CounterSilo.StreamOf(counter)}' and version = 1");
        await CounterSilo.ReactivateAsync(counter);
        if (isParked) await Assert.ThrowsAsync<AggregateBrokenException>(() => counter.Query(new GetTotal()));

        var together = new[] { counter.Execute(new Add(2), CounterSilo.Id("accepted")), counter.Execute(new Take(100), CounterSilo.Id("rejected")) };
        var unknown = counter.Execute(new Add(2));
        var reused = counter.Execute(new Add(3), CounterSilo.Id("accepted"));

        Assert.Equal([accepted with { Repeated = true }, rejected with { Repeated = true }], await Task.WhenAll(together));
        await Assert.ThrowsAsync<AggregateBrokenException>(() => unknown);
        await Assert.ThrowsAsync<CommandIdReusedException>(() => reused);
    }

    [Fact]
    public async Task a_known_command_that_would_fail_today_is_no_failure()
    {
        var counter = silo.New();
        var accepted = await counter.Execute(new AddChecked(2_000_000_000), CounterSilo.Id("much"));
        await CounterSilo.ReactivateAsync(counter);

        // Decided anew it would overflow.
        Assert.Equal(accepted with { Repeated = true }, await counter.Execute(new AddChecked(2_000_000_000), CounterSilo.Id("much")));
        Assert.Equal(ErrorCodes.HandlerFailed, (await Assert.ThrowsAsync<CommandFailedException>(() => counter.Execute(new AddChecked(2_000_000_000)))).Code);
        Assert.Equal(2_000_000_000, await counter.Query(new GetTotal()));
    }
}
