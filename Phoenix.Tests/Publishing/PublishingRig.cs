using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.EventStore.Publishing;
using Phoenix.EventStore.Schema;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Publishing;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>A database, a topic and silos that publish from the one to the other, without the silo.</summary>
internal sealed class PublishingRig : IAsyncDisposable
{
    public const string Name = "tests.all";
    private readonly List<IAsyncDisposable> _parts = [];

    private PublishingRig(string database, string bootstrap, string topic) => (Log, Bootstrap, Topic) = (new EventLog(database), bootstrap, topic);

    public EventLog Log { get; }
    public string Bootstrap { get; }
    public string Topic { get; }
    public Publication Rules { get; init; } = new PlainForwarding();
    public PoisonPolicy Poison { get; init; }
    public PublicationSettings Settings { get; init; } = new();
    public IPublicationSink? Sink { get; init; }

    /// <summary>How many silos each of them believes that there are.</summary>
    public int Silos { get; set; } = 1;

    public PublicationOptions Options { get; } = new() { RetryParked = TimeSpan.FromSeconds(1) };
    public PublicationCheckpoints Checkpoints => new(Log.Connections, new TableNames(Log.Store.Options));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<PublishingRig> StartAsync(
        SharedPostgres postgres, SharedKafka kafka, Publication? rules = null, PoisonPolicy poison = default, string? topic = null, PublicationSettings? settings = null) =>
        new(await EventLog.NewDatabaseAsync(postgres), await kafka.BootstrapAsync(), topic ?? await kafka.NewTopicAsync(3))
        {
            Rules = rules ?? new PlainForwarding(), Poison = poison, Settings = settings ?? new(),
        };

    /// <summary>One whose messages go to a sink, without Kafka.</summary>
    public static async Task<PublishingRig> StartAsync(
        SharedPostgres postgres, IPublicationSink sink, PublicationSettings? settings = null, PoisonPolicy poison = default) =>
        new(await EventLog.NewDatabaseAsync(postgres), "", "") { Sink = sink, Settings = settings ?? new(), Poison = poison };

    /// <summary>A silo that publishes; several are several silos.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="database">Its way to the database, where that is another.</param>
    public async Task<PublicationKeeper> PublisherAsync(string name, string? database = null)
    {
        var log = database is null ? Log : new EventLog(database, options => (options.AttemptTimeLimit, options.CommitTimeLimit) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
        var senders = new OrderedSenders(new KafkaSenderOptions { BootstrapServers = Bootstrap });
        var parts = new PublicationParts(
            log.Follower, new PublicationCheckpoints(log.Connections, new TableNames(log.Store.Options)), senders, Options,
            _ => null, TimeProvider.System)
        {
            Sinks = Sink is null ? new Dictionary<string, IPublicationSink>() : new() { [Name] = Sink },
        };
        var definition = new PublicationDefinition(Name, Topic, false, Poison, Settings, Rules)
        {
            Aggregates = new HashSet<string>(), Events = new HashSet<string>(), Sink = Sink?.GetType(),
        };
        var keeper = new PublicationKeeper(PublicationCatalog.Of(definition), parts, name, () => Silos, new PhoenixOptions(), NullLogger<PublicationKeeper>.Instance);
        _parts.Add(keeper);
        if (log != Log) _parts.Add(log);
        await keeper.StartAsync(Token);
        return keeper;
    }

    /// <summary>Stores so many events in each of so many streams.</summary>
    public Task CommitAsync(int streams, int events, long after = 0) => Task.WhenAll(
        Enumerable.Range(0, streams).Select(number => Log.CommitAsync(Commits.Accepted($"tests.note/{number}", after, Guid.NewGuid().ToString(), events))));

    /// <summary>Waits until the position has come to the end of the log.</summary>
    public Task CaughtUpAsync() => Eventually.TrueAsync("everything is published", async () =>
        await Checkpoints.SlicesAsync(Name, Token) is { Count: > 0 } found
            && (await Checkpoints.BacklogAsync(0, Token)).End is var end && found.All(slice => slice.Position == end));

    /// <summary>Everything that is in the topic now, partition by partition.</summary>
    public Task<List<TopicRecord>> ReadAsync() => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = Bootstrap, GroupId = "tests", EnableAutoCommit = false, FetchWaitMaxMs = 5,
        }).Build();
        var records = new List<TopicRecord>();
        for (var partition = 0; partition < 3; partition++)
        {
            var place = new TopicPartition(Topic, partition);
            var marks = consumer.QueryWatermarkOffsets(place, Eventually.Patience);
            if (marks.High == marks.Low) continue;
            consumer.Assign(new TopicPartitionOffset(place, marks.Low));
            while (true)
            {
                var one = consumer.Consume(Token);
                records.Add(new(one));
                if (one.Offset + 1 >= marks.High) break;
            }
        }

        return records;
    }, Token);

    /// <summary>
    /// Guarantee 8, as a consumer sees it: of each stream every event, first occurrences in the order of versions, repeats that can be
    /// told.
    /// </summary>
    public static void AssertComplete(List<TopicRecord> records, int streams, int events)
    {
        foreach (var (stream, own) in records.GroupBy(one => one.Subject).Select(group => (group.Key, group.DistinctBy(one => one.Id).ToList())))
            Assert.True(own.Select(one => one.Version).SequenceEqual(Enumerable.Range(1, events).Select(number => (long)number)), $"{stream}: {string.Join(",", own.Select(one => one.Version))}");
        Assert.Equal(streams, records.Select(one => one.Subject).Distinct().Count());
        // A position belongs to one message.
        Assert.Equal(records.Select(one => one.Id).Distinct().Count(), records.Select(one => one.Position).Distinct().Count());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts) await part.DisposeAsync();
        await Log.DisposeAsync();
    }
}

/// <summary>A record of the topic, as a consumer reads it.</summary>
internal sealed record TopicRecord(string Id, string Subject, long Version, string Position, string Key, string Body)
{
    public TopicRecord(ConsumeResult<string, string> record) : this(
        Header(record, "ce_id"), Header(record, "ce_subject"), long.Parse(Header(record, "ce_aggregateversion"), System.Globalization.CultureInfo.InvariantCulture),
        Header(record, "ce_position"), record.Message.Key, record.Message.Value)
    {
    }

    private static string Header(ConsumeResult<string, string> record, string name) => System.Text.Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
