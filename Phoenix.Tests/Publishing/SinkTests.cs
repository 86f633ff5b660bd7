using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore;
using Phoenix.Publishing;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Model;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>A sink of the user's own gets every event, in the order of its aggregate, and the position follows what it has taken.</summary>
[Trait("Category", "Servers")]
public sealed class SinkTests(SharedPostgres postgres)
{
    private readonly Shelf _shelf = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task each_message_is_taken_once_in_the_order_of_its_aggregate_and_several_aggregates_at_once()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, _shelf);
        await rig.CommitAsync(20, 30);
        await rig.PublisherAsync("one");
        await rig.CommitAsync(20, 30, after: 30);
        await rig.CaughtUpAsync();
        AssertComplete(20, 60);
        Assert.Equal(1200, _shelf.Taken.Count);
        Assert.False(_shelf.WasDisorderly);
        Assert.InRange(_shelf.MostAtOnce, 2, rig.Options.SinkConcurrency);
    }

    [Fact]
    public async Task while_it_fails_the_position_waits_and_it_is_told_and_the_same_comes_again()
    {
        _shelf.Fails = message => message is { Subject: "tests.note/1", Version: 4 } ? new InvalidOperationException("Not today.") : null;
        await using var rig = await PublishingRig.StartAsync(postgres, _shelf);
        await rig.CommitAsync(3, 10);
        var publisher = await rig.PublisherAsync("one");
        await Eventually.TrueAsync("it has failed again and again", () => _shelf.Failures >= 3);
        await Eventually.TrueAsync("the row tells", async () => (await FindAsync(rig))?.Trouble is { } trouble
            && trouble.Contains("The sink failed at 'tests.noted' (version 4 of 'tests.note/1')", StringComparison.Ordinal));
        Assert.DoesNotContain("Not today.", (await FindAsync(rig))!.Trouble, StringComparison.Ordinal);
        Assert.True((await FindAsync(rig))!.Position < 30);
        Assert.Empty(await rig.Checkpoints.ParkedAsync(PublishingRig.Name, Token));

        _shelf.Fails = null;
        await rig.CaughtUpAsync();
        AssertComplete(3, 10);
        Assert.Null(Assert.Single(publisher.Owned).Trouble);
    }

    [Fact]
    public async Task what_it_refuses_holds_back_its_aggregate_alone_and_goes_on_after_the_mend()
    {
        _shelf.Fails = message => message is { Subject: "tests.note/1", Version: 4 } ? new MessageRefusedException("Too old.") : null;
        await using var rig = await PublishingRig.StartAsync(postgres, _shelf);
        await rig.CommitAsync(3, 10);
        await rig.PublisherAsync("one");
        await rig.CaughtUpAsync();
        var parked = Assert.Single(await rig.Checkpoints.ParkedAsync(PublishingRig.Name, Token));
        Assert.Equal(("tests.note/1", 4, "its sink refuses it: Too old."), (parked.Stream, parked.Version, parked.Reason));
        Assert.Equal([10, 3, 10], TakenOfEach());

        _shelf.Fails = null;
        await Eventually.TrueAsync("it is free", async () => (await rig.Checkpoints.ParkedAsync(PublishingRig.Name, Token)).Count == 0);
        AssertComplete(3, 10);
    }

    [Fact]
    public async Task what_it_fails_at_often_is_held_back_by_option()
    {
        _shelf.Fails = message => message is { Subject: "tests.note/1", Version: 4 } ? new InvalidOperationException("Not today.") : null;
        await using var rig = await PublishingRig.StartAsync(postgres, _shelf, new() { ParkAfter = 3 });
        await rig.CommitAsync(3, 10);
        await rig.PublisherAsync("one");
        await rig.CaughtUpAsync();
        var parked = Assert.Single(await rig.Checkpoints.ParkedAsync(PublishingRig.Name, Token));
        Assert.Contains("failed 3 times in a row", parked.Reason, StringComparison.Ordinal);
        Assert.Equal([10, 3, 10], TakenOfEach());
    }

    [Fact]
    public async Task a_publication_that_is_to_stop_stops_at_what_its_sink_refuses()
    {
        _shelf.Fails = message => message is { Subject: "tests.note/1", Version: 4 } ? new MessageRefusedException("Too old.") : null;
        await using var rig = await PublishingRig.StartAsync(postgres, _shelf, poison: PoisonPolicy.Stop);
        await rig.CommitAsync(3, 10);
        await rig.PublisherAsync("one");
        await Eventually.TrueAsync("it has stopped", async () => await FindAsync(rig) is { State: PublicationState.Stopped });
        Assert.Contains("its sink refuses it: Too old.", (await FindAsync(rig))!.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_call_that_takes_too_long_is_cancelled_and_comes_again()
    {
        _shelf.Hangs = message => message is { Subject: "tests.note/1", Version: 4 };
        await using var rig = await PublishingRig.StartAsync(postgres, _shelf);
        rig.Options.SinkTimeout = TimeSpan.FromMilliseconds(200);
        await rig.CommitAsync(3, 10);
        await rig.PublisherAsync("one");
        await Eventually.TrueAsync("it is told", async () =>
            (await FindAsync(rig))?.Trouble?.Contains("took longer than 0.2 s", StringComparison.Ordinal) == true);
        _shelf.Hangs = null;
        await rig.CaughtUpAsync();
        AssertComplete(3, 10);
    }

    [Fact]
    public async Task silos_that_fight_lose_nothing_and_keep_the_order()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, _shelf);
        await rig.PublisherAsync("one");
        await rig.PublisherAsync("two");
        for (var round = 0; round < 6; round++)
        {
            await rig.CommitAsync(10, 10, after: round * 10);
            // Whoever has it loses it.
            await Sql.ExecuteAsync(
                rig.Log.Database, "update phoenix.phoenix_publications set epoch = epoch + 1, leased_until = '-infinity'");
        }

        await rig.CaughtUpAsync();
        AssertComplete(10, 60);
    }

    [Fact]
    public async Task a_host_makes_the_sink_with_its_services_and_needs_no_kafka()
    {
        var domain = SourceDomain.Compile("""
            [Phoenix.Publishing.Publication("t.kept", Aggregates = new[] { "shop.account" }, Sink = typeof(Keeper))]
            public sealed class Kept : Phoenix.Publishing.Publication;

            public sealed class Keeper(System.Collections.Concurrent.ConcurrentQueue<string> taken) : Phoenix.Publishing.IPublicationSink
            {
                public Task TakeAsync(Phoenix.Publishing.ReceivedEvent message, CancellationToken cancellation)
                {
                    taken.Enqueue(message.Subject + " " + message.Version);
                    return Task.CompletedTask;
                }
            }
            """);
        var taken = new ConcurrentQueue<string>();
        await using var silo = await TestSilo.StartAsync(
            await postgres.NewDatabaseAsync(), domains: [typeof(IAccountGrain).Assembly, typeof(Account).Assembly, domain],
            silo: orleans => orleans.Services.AddSingleton(taken));
        await silo.Grains.GetGrain<IAccountGrain>("ann").Execute(new OpenAccount("Ann", 100));
        await Eventually.TrueAsync("both events are taken", () => taken.Count == 2);
        Assert.Equal(["shop.account/ann 1", "shop.account/ann 2"], taken);
        var view = await silo.Grains.GetGrain<IPublicationGrain>("t.kept").Inspect();
        Assert.Equal(("running", ""), (view.State, view.Topic));
    }

    private void AssertComplete(int streams, int events) => PublishingRig.AssertComplete(
        [.. _shelf.Taken.Select(one => new TopicRecord(one.Id, one.Subject, one.Version, one.Position, one.Key!, ""))], streams, events);

    private IEnumerable<int> TakenOfEach() => _shelf.Taken.GroupBy(one => one.Subject).OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => group.DistinctBy(one => one.Id).Count());

    private static Task<PublicationCheckpoint?> FindAsync(PublishingRig rig) => rig.Checkpoints.FindAsync(PublishingRig.Name, Token);

    /// <summary>Keeps what it takes, and fails when it is told to.</summary>
    private sealed class Shelf : IPublicationSink
    {
        private readonly ConcurrentDictionary<string, bool> _underWay = [];
        private int _atOnce;
        private int _mostAtOnce;
        private int _failures;

        public ConcurrentQueue<ReceivedEvent> Taken { get; } = [];

        public Func<ReceivedEvent, Exception?>? Fails { get; set; }

        public Func<ReceivedEvent, bool>? Hangs { get; set; }

        public bool WasDisorderly { get; private set; }

        public int MostAtOnce => _mostAtOnce;

        public int Failures => _failures;

        public async Task TakeAsync(ReceivedEvent message, CancellationToken cancellation)
        {
            WasDisorderly |= !_underWay.TryAdd(message.Subject, true);
            InterlockedMax(ref _mostAtOnce, Interlocked.Increment(ref _atOnce));
            try
            {
                await Task.Yield();
                if (Hangs?.Invoke(message) == true) await Task.Delay(Timeout.Infinite, cancellation);
                if (Fails?.Invoke(message) is { } failure)
                {
                    Interlocked.Increment(ref _failures);
                    throw failure;
                }

                Taken.Enqueue(message);
            }
            finally
            {
                Interlocked.Decrement(ref _atOnce);
                _underWay.TryRemove(message.Subject, out _);
            }
        }

        private static void InterlockedMax(ref int target, int value)
        {
            for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
                Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
