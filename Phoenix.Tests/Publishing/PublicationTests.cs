using System.Diagnostics.Metrics;
using Phoenix.EventStore;
using Phoenix.Faults;
using Phoenix.Publishing;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>Every event reaches its topic, in the order of its aggregate, whatever breaks on the way (guarantee 8).</summary>
[Trait("Category", "Servers")]
public sealed class PublicationTests(SharedPostgres postgres, SharedKafka kafka)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task what_is_stored_before_and_after_is_published_once_and_in_order()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka);
        await rig.CommitAsync(20, 30);
        await rig.PublisherAsync("one");
        await rig.CommitAsync(20, 30, after: 30);
        await rig.CaughtUpAsync();
        var records = await rig.ReadAsync();
        PublishingRig.AssertComplete(records, 20, 60);
        Assert.Equal(1200, records.Count);
    }

    [Fact]
    public async Task a_publication_that_begins_now_sends_nothing_that_was_stored_before()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka, settings: new() { Start = PublicationStart.Now });
        await rig.CommitAsync(3, 5);
        var publisher = await rig.PublisherAsync("one");
        await Eventually.TrueAsync("it publishes", () => publisher.Owned.Any());
        await rig.Log.CommitAsync(Commits.Accepted("tests.note/new", 0, "new"));
        await rig.CaughtUpAsync();
        Assert.Equal("tests.note/new", Assert.Single(await rig.ReadAsync()).Subject);
    }

    [Fact]
    public async Task an_owner_that_is_lost_is_followed_within_five_seconds()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka);
        // Lost: it took the publication and was never heard of again.
        await rig.Checkpoints.CreateAsync(PublishingRig.Name, 0, slices: 1, Token);
        Assert.NotNull(await rig.Checkpoints.TakeAsync(PublishingRig.Name, "lost", rig.Options.Lease, Token));
        await rig.CommitAsync(2, 5);
        await rig.PublisherAsync("two");
        await Eventually.TrueAsync("the successor publishes", async () => await rig.Checkpoints.FindAsync(PublishingRig.Name, Token) is { Owner: "two" }, Within);
        await rig.CaughtUpAsync();
        PublishingRig.AssertComplete(await rig.ReadAsync(), 2, 5);
    }

    [Fact]
    public async Task an_owner_that_is_frozen_is_followed_within_five_seconds_and_stores_nothing_when_it_wakes()
    {
        var frozen = new Frozen();
        await using var rig = await PublishingRig.StartAsync(postgres, kafka, frozen);
        await using var proxy = new PostgresFaultProxy(rig.Log.Database);
        await rig.CommitAsync(4, 10);
        var one = await rig.PublisherAsync("one", proxy.ConnectionString);
        await Eventually.TrueAsync("it publishes", async () => one.Owned.Any() && (await rig.ReadAsync()).Count == 40);

        // It stands still in the middle of an event, and neither stores nor hears anything.
        frozen.Freeze();
        await rig.CommitAsync(4, 10, after: 10);
        await frozen.Caught;
        proxy.BlackHole();
        await rig.PublisherAsync("two");
        await Eventually.TrueAsync("the successor publishes", async () => await rig.Checkpoints.FindAsync(PublishingRig.Name, Token) is { Owner: "two", IsLeased: true }, Within);
        var epoch = (await rig.Checkpoints.FindAsync(PublishingRig.Name, Token))!.Epoch;
        await rig.CaughtUpAsync();

        proxy.Pass();
        frozen.Wake();
        await Eventually.TrueAsync("the old owner has given up", () => !one.Owned.Any());
        await rig.CommitAsync(4, 10, after: 20);
        await rig.CaughtUpAsync();
        Assert.Equal(("two", epoch), await rig.Checkpoints.FindAsync(PublishingRig.Name, Token) is { } found ? (found.Owner, found.Epoch) : default);
        PublishingRig.AssertComplete(await rig.ReadAsync(), 4, 30);
    }

    [Fact]
    public async Task two_silos_that_fight_and_cut_sessions_lose_nothing_and_keep_the_order()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka);
        await using var proxy = new PostgresFaultProxy(rig.Log.Database);
        await rig.PublisherAsync("one", proxy.ConnectionString);
        await rig.PublisherAsync("two");
        for (var round = 0; round < 10; round++)
        {
            await rig.CommitAsync(20, 10, after: round * 10);
            if (round % 3 == 1) proxy.CutAll();
            // Whoever has it loses it.
            else if (round % 3 == 2) await Sql.ExecuteAsync(rig.Log.Database, "update phoenix.phoenix_publications set epoch = epoch + 1, leased_until = '-infinity'");
        }

        await rig.CaughtUpAsync();
        PublishingRig.AssertComplete(await rig.ReadAsync(), 20, 100);
    }

    [Fact]
    public async Task what_holds_it_up_is_told_with_the_age_of_what_waits()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka);
        await rig.CommitAsync(1, 1);
        var publisher = await rig.PublisherAsync("one");
        await rig.CaughtUpAsync();
        Assert.Equal(TimeSpan.Zero, Assert.Single(publisher.Owned).Age);

        await using var stuck = await OpenTransaction.AppendAsync(rig.Log.Database, "tests.note/stuck");
        await rig.CommitAsync(1, 1, after: 1);
        await Eventually.TrueAsync("the session is named in the row", async () =>
            await rig.Checkpoints.FindAsync(PublishingRig.Name, Token) is { Trouble: { } trouble }
            && trouble.Contains("of 'a-stranger'", StringComparison.Ordinal));
        var status = Assert.Single(publisher.Owned);
        await Eventually.TrueAsync("it is a second old", () => status.Age > TimeSpan.FromSeconds(1));
        Assert.Contains(Gauges("phoenix.publications.age"), one => one > 1);

        await stuck.CommitAsync();
        await rig.CaughtUpAsync();
        await Eventually.TrueAsync("nothing waits any more", async () =>
            status.Age == TimeSpan.Zero && await rig.Checkpoints.FindAsync(PublishingRig.Name, Token) is { Trouble: null });
    }

    private static List<double> Gauges(string name)
    {
        var values = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == name) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => values.Add(value));
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    [Fact]
    public async Task a_rewind_to_the_start_sends_everything_again_as_a_new_run()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka);
        await rig.CommitAsync(3, 5);
        await rig.PublisherAsync("one");
        await rig.CaughtUpAsync();
        Assert.True(await rig.Checkpoints.RewindAsync(PublishingRig.Name, 0, Token));
        await rig.CaughtUpAsync();

        var records = await rig.ReadAsync();
        var runs = records.GroupBy(one => one.Id[^1]).OrderBy(run => run.Key).Select(run => run.ToList()).ToList();
        Assert.Equal(2, runs.Count);
        Assert.All(runs, run => PublishingRig.AssertComplete(run, 3, 5));
        Assert.True(string.CompareOrdinal(runs[0].Max(one => one.Position), runs[1].Min(one => one.Position)) < 0);
    }

    [Fact]
    public async Task a_transform_that_throws_holds_back_its_aggregate_alone_and_goes_on_after_the_mend()
    {
        var faulty = new Faulty();
        await using var rig = await PublishingRig.StartAsync(postgres, kafka, faulty);
        await rig.CommitAsync(3, 10);
        var publisher = await rig.PublisherAsync("one");
        await rig.CaughtUpAsync();

        var parked = Assert.Single(await rig.Checkpoints.ParkedAsync(PublishingRig.Name, Token));
        Assert.Equal(("tests.note/1", 4, "tests.noted"), (parked.Stream, parked.Version, parked.Type));
        Assert.Contains("log has the cause under", parked.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Not today.", parked.Reason, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(publisher.Owned).Parked);
        Assert.Equal([10, 3, 10], (await rig.ReadAsync()).GroupBy(one => one.Subject).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Count()));

        await rig.CommitAsync(3, 10, after: 10);
        await rig.CaughtUpAsync();
        faulty.Mend();
        await Eventually.TrueAsync("it is free", async () => (await rig.Checkpoints.ParkedAsync(PublishingRig.Name, Token)).Count == 0);
        await rig.CommitAsync(3, 10, after: 20);
        await rig.CaughtUpAsync();
        PublishingRig.AssertComplete(await rig.ReadAsync(), 3, 30);
    }

    [Fact]
    public async Task a_publication_that_is_to_stop_stops_at_the_event_until_it_is_resumed()
    {
        var faulty = new Faulty();
        await using var rig = await PublishingRig.StartAsync(postgres, kafka, faulty, PoisonPolicy.Stop);
        await rig.CommitAsync(3, 10);
        await rig.PublisherAsync("one");
        await Eventually.TrueAsync("it has stopped", async () => await rig.Checkpoints.FindAsync(PublishingRig.Name, Token) is { State: PublicationState.Stopped });
        var stopped = (await rig.Checkpoints.FindAsync(PublishingRig.Name, Token))!;
        Assert.Contains("version 4 of 'tests.note/1'", stopped.Trouble, StringComparison.Ordinal);
        Assert.Equal(3, (await rig.ReadAsync()).Count(one => one.Subject == "tests.note/1"));

        faulty.Mend();
        await rig.Checkpoints.ResumeAsync(PublishingRig.Name, Token);
        await rig.CaughtUpAsync();
        PublishingRig.AssertComplete(await rig.ReadAsync(), 3, 10);
    }

    [RealBrokerFact]
    public async Task an_event_that_is_too_large_for_the_topic_holds_back_its_aggregate_alone()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka, new Swollen());
        await rig.CommitAsync(3, 10);
        await rig.PublisherAsync("one");
        await rig.CaughtUpAsync();
        var parked = Assert.Single(await rig.Checkpoints.ParkedAsync(PublishingRig.Name, Token));
        Assert.Equal(("tests.note/1", 4), (parked.Stream, parked.Version));
        Assert.Contains("max.message.bytes", parked.Reason, StringComparison.Ordinal);
        Assert.Equal([10, 3, 10], (await rig.ReadAsync()).GroupBy(one => one.Subject).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Count()));
    }

    [RealBrokerFact]
    public async Task a_topic_that_is_absent_is_waited_for_and_named()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka, topic: $"absent-{Guid.NewGuid():N}");
        await rig.CommitAsync(3, 10);
        var publisher = await rig.PublisherAsync("one");
        await Eventually.TrueAsync("it is named", async () => await rig.Checkpoints.FindAsync(PublishingRig.Name, Token) is { Trouble: { } trouble } && trouble.Contains(rig.Topic, StringComparison.Ordinal));
        Assert.NotNull(Assert.Single(publisher.Owned).Trouble);

        await kafka.CreateTopicAsync(rig.Topic, 3);
        await rig.CaughtUpAsync();
        PublishingRig.AssertComplete(await rig.ReadAsync(), 3, 10);
        Assert.Null(Assert.Single(publisher.Owned).Trouble);
    }

    [Fact]
    public async Task a_silo_that_stops_hands_over_at_once()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka);
        await rig.CommitAsync(3, 10);
        var one = await rig.PublisherAsync("one");
        await rig.CaughtUpAsync();
        await one.DisposeAsync();
        Assert.False((await rig.Checkpoints.FindAsync(PublishingRig.Name, Token))!.IsLeased);
    }

    /// <summary>Stands still in the middle of an event, as a process does that is stopped; only for the first silo that meets it.</summary>
    private sealed class Frozen : Publication
    {
        private readonly TaskCompletionSource _awake = new();
        private readonly TaskCompletionSource _caught = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _freezes;

        public Task Caught => _caught.Task.WaitAsync(Eventually.Patience, Token);

        public void Freeze() => _freezes = true;

        public void Wake() => _awake.SetResult();

        public override bool Selects(PublishedEvent published)
        {
            if (_freezes && _caught.TrySetResult()) _awake.Task.GetAwaiter().GetResult();
            return true;
        }
    }

    private sealed class Faulty : Publication
    {
        private volatile bool _mended;

        public void Mend() => _mended = true;

        public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published) =>
            published is { AggregateId: "1", Version: 4 } && !_mended ? throw new InvalidOperationException("Not today.") : base.Transform(published);
    }

    private sealed class Swollen : Publication
    {
        public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published) =>
            published is { AggregateId: "1", Version: 4 } ? [OutgoingMessage.Of(published, published.Type, new string('x', 2_000_000))] : base.Transform(published);
    }
}
