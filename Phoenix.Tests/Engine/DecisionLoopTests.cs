using System.Text;
using Phoenix.Faults;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>One aggregate's commands and queries, and what faulty ones cost the others.</summary>
[Trait("Category", "Servers")]
public sealed class DecisionLoopTests(CounterSilo silo) : IClassFixture<CounterSilo>
{
    [Fact]
    public async Task what_is_decided_is_not_held_back_behind_an_awaiting_handler()
    {
        var counter = silo.New();
        var gate = silo.Hindrances.Gate("held-back", out var reached);
        var slow = counter.Execute(new AddWhenLet(1, "held-back"));
        await reached;
        var behind = counter.Execute(new Add(10));
        gate.SetResult();
        Assert.True((await slow).IsAccepted);
        Assert.Equal(11, (await behind).Reply<int>());

        gate = silo.Hindrances.Gate("held-back", out _);
        var before = counter.Execute(new Add(100));
        slow = counter.Execute(new AddWhenLet(1, "held-back"));
        Assert.True((await before).IsAccepted);
        Assert.False(slow.IsCompleted);
        gate.SetResult();
        Assert.Equal((3, 4), ((await slow).VersionBefore, (await slow).VersionAfter));
    }

    [Fact]
    public async Task what_is_decided_during_a_commit_goes_with_the_next_one()
    {
        var counter = silo.New();
        await counter.Execute(new Add(1));
        var gate = silo.Hindrances.Gate("pile", out var reached);
        var all = new List<Task<Outcome>> { counter.Execute(new AddWhenLet(1, "pile")) };
        await reached;
        all.AddRange(Enumerable.Range(0, 100).Select(_ => counter.Execute(new Add(1))));
        gate.SetResult();
        await Task.WhenAll(all);

        Assert.Equal(102, await counter.Query(new GetTotal(), linearizable: true));
        var commits = await silo.ScalarAsync<long>($"select count(distinct recorded_at) from phoenix.phoenix_ledger where stream = '{CounterSilo.StreamOf(counter)}'");
        Assert.InRange(commits, 2, 20);
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task the_same_id_in_flight_shares_the_outcome_and_other_content_is_refused()
    {
        var counter = silo.New();
        var gate = silo.Hindrances.Gate("twins", out var reached);
        var first = counter.Execute(new AddWhenLet(1, "twins"), CounterSilo.Id("twin"));
        await reached;
        var second = counter.Execute(new AddWhenLet(1, "twins"), CounterSilo.Id("twin"));
        await Assert.ThrowsAsync<CommandIdReusedException>(() => counter.Execute(new AddWhenLet(2, "twins"), CounterSilo.Id("twin")));
        gate.SetResult();

        Assert.Equal(await first with { Repeated = true }, await second);
        Assert.Equal(1, await counter.Query(new GetTotal()));
    }

    [Theory]
    [InlineData(Error.Throw)]
    [InlineData(Error.ThrowTimeout)]
    [InlineData(Error.ReturnNull)]
    [InlineData(Error.RaiseWhatCannotBeApplied)]
    [InlineData(Error.ReplyUnwritably)]
    public async Task a_faulty_handler_fails_its_command_and_nothing_else(Error way)
    {
        var counter = silo.New();
        await counter.Execute(new Add(1));
        var good = Enumerable.Range(0, 5).Select(_ => counter.Execute(new Add(1))).ToList();
        var bad = counter.Execute(new Err(way), CounterSilo.Id("bad"));
        good.AddRange(Enumerable.Range(0, 5).Select(_ => counter.Execute(new Add(1))));

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => bad);
        Assert.Equal(ErrorCodes.HandlerFailed, error.Code);
        await Task.WhenAll(good);
        Assert.Equal(11, await counter.Query(new GetTotal()));
        Assert.Equal(0, await silo.ScalarAsync<long>("select count(*) from phoenix.phoenix_ledger where original_id = 'bad'"));
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_handler_that_never_returns_is_a_timeout_and_the_next_command_works()
    {
        var counter = silo.New();
        silo.Hindrances.Gate("never", out _);
        var hanging = counter.Execute(new AddWhenLet(1, "never"));
        var next = counter.Execute(new Add(2));

        Assert.Equal(ErrorCodes.HandlerTimeout, (await Assert.ThrowsAsync<CommandFailedException>(() => hanging)).Code);
        Assert.Equal(2, (await next).Reply<int>());
    }

    [Fact]
    public async Task half_a_character_in_a_rejection_is_replaced()
    {
        var counter = silo.New();
        var rejected = await counter.Execute(new Err(Error.RejectWithHalfACharacter), CounterSilo.Id("half"));
        Assert.Equal("Grinning \ufffd", rejected.Message);
    }

    [Fact]
    public async Task content_that_postgresql_cannot_hold_fails_its_command_among_good_ones()
    {
        var (counter, neighbour) = (silo.New(), silo.New());
        var gate = silo.Hindrances.Gate("batch", out var reached);
        var first = counter.Execute(new AddWhenLet(1, "batch"));
        await reached;
        var bad = new[]
        {
            counter.Execute(new Add(1, "a\0b")),
            counter.Execute(new Add(1), new CommandOptions { Headers = new Dictionary<string, string> { ["k"] = "a\0b" } }),
            counter.Execute(new Add(1), new CommandOptions { CorrelationId = "a\0b" }),
            counter.Execute(new Add(1), new CommandOptions { CommandId = "half \ud83d" }),
        };
        var good = Enumerable.Range(0, 20).Select(_ => counter.Execute(new Add(1))).Append(neighbour.Execute(new Add(1))).ToList();
        gate.SetResult();

        await first;
        foreach (var failed in bad) await Assert.ThrowsAsync<CommandFailedException>(() => failed);
        await Task.WhenAll(good);
        Assert.Equal(21, await counter.Query(new GetTotal(), linearizable: true));
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task queries_are_answered_at_their_place_in_the_order()
    {
        var counter = silo.New();
        var gate = silo.Hindrances.Gate("order", out var reached);
        var first = counter.Execute(new AddWhenLet(1, "order"));
        await reached;
        var answers = new List<Task<int>>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add(counter.Query(new GetTotal(), linearizable: i % 3 == 0));
            _ = counter.Execute(new Add(1));
        }

        gate.SetResult();
        await first;
        Assert.Equal(Enumerable.Range(1, 10), await Task.WhenAll(answers));
    }

    [Fact]
    public async Task no_query_tells_what_has_not_committed()
    {
        var counter = silo.New();
        await counter.Execute(new Add(1));
        var held = silo.Proxy.HoldNextCommit();
        var adding = counter.Execute(new Add(1));
        await held.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        var answer = counter.Query(new GetTotal());
        // A second round trip through the same activation shows that the query had its turn.
        await counter.History();
        Assert.False(answer.IsCompleted);
        Assert.False(adding.IsCompleted);

        await held.ReleaseAsync();

        Assert.True((await adding).IsAccepted);
        Assert.Equal(2, await answer);
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task no_failure_is_told_of_state_that_has_not_committed()
    {
        var counter = silo.New();
        await counter.Execute(new Add(1));
        var held = silo.Proxy.HoldNextCommit();
        var adding = counter.Execute(new Add(2_000_000_000));
        await held.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        // Overflows only on top of what is still on its way.
        var failing = counter.Execute(new AddChecked(2_000_000_000));
        await counter.History();
        Assert.False(failing.IsCompleted);

        await held.ReleaseAsync();

        Assert.True((await adding).IsAccepted);
        Assert.Equal(ErrorCodes.HandlerFailed, (await Assert.ThrowsAsync<CommandFailedException>(() => failing)).Code);
        Assert.Equal(2_000_000_001, await counter.Query(new GetTotal()));
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task readers_that_ask_again_and_again_do_not_starve_writers()
    {
        var counter = silo.New();
        using var end = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 8).Select(async _ =>
        {
            var last = 0;
            while (!end.IsCancellationRequested)
            {
                var total = await counter.Query(new GetTotal());
                Assert.True(total >= last, "A later answer told an earlier state.");
                last = total;
            }
        }).ToList();
        for (var i = 0; i < 100; i++) await counter.Execute(new Add(1)).WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await end.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(100, await counter.Query(new GetTotal()));
    }

    [Fact]
    public async Task possible_repeats_that_wait_together_ask_the_ledger_once()
    {
        var questions = 0;
        await using var proxy = new PostgresFaultProxy(silo.Database, "phoenix-event-store", sql =>
        {
            if (sql.Contains("payload_hash", StringComparison.Ordinal)) Interlocked.Increment(ref questions);
            return false;
        });
        await using var other = await silo.StartAsync(proxy.ConnectionString);
        var counter = silo.New();
        foreach (var id in Enumerable.Range(0, 30)) await counter.Execute(new Add(1), CounterSilo.Id($"r-{id}"));
        var elsewhere = other.Grains.GetGrain<ICounterGrain>(counter.GetPrimaryKeyString());
        var gate = silo.Hindrances.Gate("repeats", out var reached);
        var first = elsewhere.Execute(new AddWhenLet(1, "repeats"));
        await reached;
        var outcomes = Enumerable.Range(0, 60).Select(id => elsewhere.Execute(new Add(1), CounterSilo.Id($"r-{id}", mayBeRepeat: true))).ToList();
        gate.SetResult();

        await first;
        Assert.Equal(Enumerable.Range(0, 60).Select(id => id < 30), (await Task.WhenAll(outcomes)).Select(outcome => outcome.Repeated));
        Assert.InRange(questions, 1, 3);
        Assert.Equal(61, await elsewhere.Query(new GetTotal(), linearizable: true));
    }

    [Fact]
    public async Task an_oversized_or_unreadable_id_is_refused()
    {
        var counter = silo.New();
        foreach (var id in new[] { "", new string('x', 129), "a\nb", "\ud83d" })
        {
            var command = new CommandMessage { CommandId = id, Name = "tests.add", Payload = Encoding.UTF8.GetBytes("""{"amount":1,"text":""}""") };
            Assert.Equal(ErrorCodes.Undecodable, (await Assert.ThrowsAsync<CommandFailedException>(() => counter.Execute(command))).Code);
        }
    }
}
