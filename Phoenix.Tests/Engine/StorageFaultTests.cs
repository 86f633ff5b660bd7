using Phoenix.Local;
using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace Phoenix.Tests.Engine;

/// <summary>Guarantees 1, 4 and 5 as a caller of the grain sees them.</summary>
[Trait("Category", "Servers")]
public sealed class StorageFaultTests(CounterSilo silo) : IClassFixture<CounterSilo>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_lost_commit_reply_is_an_accepted_command_with_one_effect(bool exists)
    {
        var counter = silo.New();
        if (exists) await counter.Execute(new Add(1));
        else await silo.New().Execute(new Add(1));
        var fault = silo.Proxy.SwallowNextCommitReply();

        var outcome = await counter.Execute(new Add(10), CounterSilo.Id("lost"));

        await fault.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.True(outcome.IsAccepted);
        Assert.Equal(exists ? 11 : 10, await counter.Query(new GetTotal()));
        Assert.Equal(outcome.VersionAfter, (await counter.Execute(new Add(10), CounterSilo.Id("lost"))).VersionAfter);
        await silo.ConsistentAsync();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task an_unknown_end_is_told_and_the_same_id_learns_it_at_any_silo(bool accepted, bool commits)
    {
        var counter = silo.New();
        var stranger = await silo.StrangerAsync(counter);
        var held = silo.Proxy.HoldNextCommit();
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => SendAsync(counter));
        // While the end is open nobody decides the same id past it.
        var retry = UntilKnownAsync();
        await Eventually.TrueAsync("the retry waits for the held commit", async () =>
        {
            Assert.False(retry.IsCompleted, $"While the end was open the retry ended: {(retry.IsFaulted ? retry.Exception : retry.IsCompletedSuccessfully ? await retry : null)}");
            return await Sql.LockWaitsAsync(silo.Database) > 0;
        });

        if (commits) await held.ReleaseAsync();
        else await held.AbortAsync();

        var outcome = await retry.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((accepted, commits), (outcome.IsAccepted, outcome.Repeated));
        Assert.Equal(outcome with { Repeated = true }, await SendAsync(counter));
        Assert.Equal(accepted ? 1 : 0, await counter.Query(new GetTotal(), linearizable: true));
        await silo.ConsistentAsync();

        // A caller who is told so sends the same id again, as often as it takes.
        async Task<Outcome> UntilKnownAsync()
        {
            while (true)
            {
                try
                {
                    return await SendAsync(stranger);
                }
                catch (CommandException again) when (again is OutcomeUnknownException or UnavailableException)
                {
                }
            }
        }

        Task<Outcome> SendAsync(ICounterGrain at) => accepted ? at.Execute(new Add(1), CounterSilo.Id("open-end")) : at.Execute(new Take(1), CounterSilo.Id("open-end"));
    }

    [Fact]
    public async Task an_outage_is_a_typed_error_in_time_and_ends_by_itself()
    {
        var known = silo.New();
        await known.Execute(new Add(1));
        silo.Proxy.RefuseNew();
        silo.Proxy.CutAll();
        var started = Stopwatch.StartNew();

        // The first of them may be sent on a connection that turns out to be broken: its end is unknown.
        var failures = Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAnyAsync<CommandException>(() => known.Execute(new Add(1), CounterSilo.Id("outage"))))
            .Concat(Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAnyAsync<CommandException>(() => silo.New().Execute(new Add(1)))))
            .Concat(Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAnyAsync<CommandException>(() => known.Query(new GetTotal(), linearizable: true)))).ToList();
        Assert.All(await Task.WhenAll(failures), error => Assert.True(error is UnavailableException or OutcomeUnknownException, error.ToString()));
        Assert.InRange(started.Elapsed, TimeSpan.Zero, Eventually.Patience);

        silo.Proxy.Pass();
        Assert.Equal(2, (await known.Execute(new Add(1), CounterSilo.Id("outage"))).Reply<int>());
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_black_hole_is_a_typed_error_in_time_and_the_same_id_learns_the_truth()
    {
        var counter = silo.New();
        await counter.Execute(new Add(1));
        silo.Proxy.BlackHole();
        var started = Stopwatch.StartNew();

        await Assert.ThrowsAsync<OutcomeUnknownException>(() => counter.Execute(new Add(1), CounterSilo.Id("hole")));
        // Reads do not wait for every time limit in turn.
        var reads = Enumerable.Range(0, 10).Select(_ => Assert.ThrowsAsync<UnavailableException>(() => counter.Query(new GetTotal(), linearizable: true)))
            .Concat(Enumerable.Range(0, 10).Select(id => Assert.ThrowsAsync<UnavailableException>(() => counter.Execute(new Add(1), CounterSilo.Id($"maybe-{id}", mayBeRepeat: true))))).ToList();
        await Task.WhenAll(reads);
        Assert.InRange(started.Elapsed, TimeSpan.Zero, Eventually.Patience);

        silo.Proxy.Pass();
        await Eventually.TrueAsync("the same id gets its outcome", async () => await TryAsync(counter, "hole"));
        Assert.Equal(2, await counter.Query(new GetTotal(), linearizable: true));
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_full_disk_costs_attempts_and_nothing_else()
    {
        var counter = silo.New();
        await counter.Execute(new Add(1));
        var faults = new[] { silo.Proxy.FailNextCommit("53100", "No space left on device"), silo.Proxy.FailNextCommit("40P01", "deadlock detected") };

        Assert.Equal(2, (await counter.Execute(new Add(1))).Reply<int>());

        foreach (var fault in faults) await fault.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await silo.ConsistentAsync();
    }

    [Fact]
    public async Task a_restart_under_load_loses_and_doubles_nothing()
    {
        using var folder = new TestFolder();
        await using var server = await PostgresServer.StartAsync(TestOptions.In(folder), TestContext.Current.CancellationToken);
        await using var own = await CounterSilo.StartAsync(server.ConnectionString, new Hindrances());
        var counters = Enumerable.Range(0, 10).Select(number => own.Grains.GetGrain<ICounterGrain>($"c-{number}")).ToList();
        var sent = 0;
        using var end = new CancellationTokenSource();
        var senders = counters.Select(async counter =>
        {
            var mine = 0;
            while (!end.IsCancellationRequested)
            {
                var id = $"id-{mine++}";
                while (!await TryAsync(counter, id)) { }
                Interlocked.Increment(ref sent);
            }

            return (counter, mine);
        }).ToList();
        await Eventually.TrueAsync("commands pass", () => sent > 200);

        await server.StopAsync(immediate: true);
        var before = sent;
        await server.StartAgainAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("commands pass again", () => sent > before + 200);
        await end.CancelAsync();

        foreach (var (counter, acknowledged) in await Task.WhenAll(senders)) Assert.Equal(acknowledged, await counter.Query(new GetTotal(), linearizable: true));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(server.ConnectionString));
    }

    private static async Task<bool> TryAsync(ICounterGrain counter, string id)
    {
        try
        {
            return (await counter.Execute(new Add(1), CounterSilo.Id(id))).IsAccepted;
        }
        catch (CommandException exception) when (exception is UnavailableException or OutcomeUnknownException)
        {
            return false;
        }
    }
}
