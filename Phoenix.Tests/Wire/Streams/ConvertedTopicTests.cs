using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A topic whose records are converted: each becomes messages on other streams, and is done when all of them are.</summary>
[Trait("Category", "Servers")]
public sealed class ConvertedTopicTests(SharedKafka kafka)
{
    [Fact]
    public async Task each_stream_gets_its_messages_once_and_in_order_on_whichever_silo_it_lives()
    {
        await using var cluster = await StartAsync(silos: 2, partitions: 4);
        // A record "n" is for the streams n % 10 and n % 7.
        await SendAsync(cluster, 500, number => $"a-{number % 10} b-{number % 7}");
        await Eventually.TrueAsync("all messages are delivered", () => cluster.Recorder.Count >= 1_000);
        await DoneAsync(cluster);

        Assert.Equal(1_000, cluster.Recorder.Count);
        Assert.Equal(17, cluster.Recorder.Keys.Count());
        foreach (var key in cluster.Recorder.Keys)
        {
            var messages = cluster.Recorder.Of(key);
            Assert.All(messages.GroupBy(message => message.Partition), own => Assert.Equal(own.OrderBy(message => message.Offset), own));
            Assert.Equal(key[0] == 'a' ? 0 : 1, Assert.Single(messages.Select(message => message.Ordinal).Distinct()));
        }
    }

    [Fact]
    public async Task a_record_is_put_aside_once_when_some_of_its_messages_are_refused_and_the_others_take_effect()
    {
        await using var cluster = await StartAsync(silos: 2, partitions: 1);
        cluster.Recorder.OnBatch = (key, messages) =>
        {
            if (!key.StartsWith("bad", StringComparison.Ordinal)) return Task.CompletedTask;
            cluster.Recorder.Add(key, messages);
            throw new RefusedMessagesException([.. messages.Select((message, place) => new RefusedMessage(
                place, new("no", $"{key} says no.")))]);
        };
        await SendAsync(cluster, 20, number => number % 2 == 0 ? $"good-{number} bad-{number} bad-x{number}" : $"good-{number}");
        await DoneAsync(cluster);

        Assert.Equal(20, cluster.Recorder.Keys.Count(key => key.StartsWith("good", StringComparison.Ordinal)));
        // Refused is not delivered again.
        Assert.All(cluster.Recorder.Keys, key => Assert.Single(cluster.Recorder.Of(key)));
        var letters = Letters(cluster);
        Assert.Equal(10, letters.Count);
        Assert.All(letters, letter =>
        {
            Assert.Equal("no", Header(letter, DeadLetterHeaders.Reason));
            Assert.Matches("^2 of 3 messages: bad-x?\\d+ says no. bad-x?\\d+ says no.$", Header(letter, DeadLetterHeaders.Message));
            Assert.Matches("^good-\\d+ bad-\\d+ bad-x\\d+$", Encoding.UTF8.GetString(letter.Message.Value));
            Assert.Null(letter.Message.Key);
        });
    }

    [Fact]
    public async Task what_cannot_be_converted_is_put_aside_and_what_is_nothing_is_done()
    {
        await using var cluster = await StartAsync(silos: 1, partitions: 1, configure: options => options.MaxMessageBytes = 1_000);
        await SendAsync(cluster, 6, number => number switch { 1 => "throw", 2 => "refuse", 3 => "", 4 => "large", _ => "good" });
        await DoneAsync(cluster);
        Assert.Equal(2, cluster.Recorder.Count);
        Assert.Equal(
            [("unconvertible", "the record's converter failed; the silo's log has the cause under the record's place"), ("why", "Because."),
            ("too-large", "a message that the record is converted to has 1001 bytes; at most 1000 are allowed")],
            Letters(cluster).OrderBy(letter => Header(letter, DeadLetterHeaders.Offset), StringComparer.Ordinal)
            .Select(letter => (Header(letter, DeadLetterHeaders.Reason), Header(letter, DeadLetterHeaders.Message))));
    }

    [Fact]
    public async Task a_record_that_cannot_be_converted_now_waits_its_partition_says_so_and_goes_on_in_order()
    {
        var words = new Words { IsAway = true };
        await using var cluster = await StartAsync(silos: 1, partitions: 2, words: words);
        // The even ones stand in the first partition.
        await SendAsync(cluster, 8, number => number == 2 ? "wait" : number % 2 == 0 ? "even" : "odd", partitions: 2);
        await Eventually.TrueAsync("the other partition is done", () => cluster.Recorder.Of("odd").Count == 4);
        await Eventually.TrueAsync("the waiting one says so", () => cluster.Partitions.Single(each => each.Partition == 0)
            is { IsHealthy: false, Summary: "a record waits for its conversion: the dictionary is away" });
        Assert.Single(cluster.Recorder.Of("even"));
        Assert.Contains("offset 1 waits for its conversion: the dictionary is away", cluster.Partitions.Single(each => each.Partition == 0).Reason,
            StringComparison.Ordinal);

        words.IsAway = false;
        await DoneAsync(cluster);
        Assert.Equal((3, 1), (cluster.Recorder.Of("even").Count, cluster.Recorder.Of("wait").Count));
        Assert.All(cluster.Partitions, each => Assert.True(each.IsHealthy));
        Assert.Empty(Letters(cluster));
    }

    [Fact]
    public async Task memory_is_bounded_by_what_records_become()
    {
        await using var cluster = await StartAsync(
            silos: 1, partitions: 1, configure: options => options.MaxUndecidedBytesPerPartition = 100_000);
        var blocked = new TaskCompletionSource();
        cluster.Recorder.OnBatch = (_, _) => blocked.Task;
        // Each becomes 100 messages of some 300 bytes.
        await SendAsync(cluster, 50, number => string.Join(' ', Enumerable.Range(0, 100).Select(part => $"m-{number}-{part}")));
        await Eventually.TrueAsync("a part is on its way", () => cluster.Partitions.Single().Keys >= 100);
        Assert.InRange(cluster.Partitions.Single().Keys, 100, 500);
        blocked.SetResult();
        await Eventually.TrueAsync("all are delivered", () => cluster.Recorder.Count == 5_000);
        await DoneAsync(cluster);
    }

    [RealBrokerFact]
    public async Task reading_that_begins_now_leaves_out_what_was_there_and_nothing_that_comes_later()
    {
        var topic = $"wire-{Guid.NewGuid():N}";
        await kafka.CreateTopicAsync(topic, 3);
        await using (var writer = await StartAsync(silos: 1, partitions: 1, topic: $"wire-{Guid.NewGuid():N}"))
            await SendAsync(writer, 30, number => $"old-{number}", topic, partitions: 3);

        await using (var first = await StartAsync(silos: 1, partitions: 3, topic, start: TopicStart.Now, create: false))
        {
            await Eventually.TrueAsync("all partitions are read", () => first.Partitions.Count(each => each.DoneOffset is not null) == 3);
            await SendAsync(first, 30, number => $"new-{number}", partitions: 3);
            await Eventually.TrueAsync("what is new is delivered", () => first.Recorder.Count == 30);
            Assert.All(first.Recorder.Keys, key => Assert.StartsWith("new", key, StringComparison.Ordinal));
            // What comes while nobody reads, also to a partition that nobody knows yet.
            await first.KillAsync(first.Silos[0]);
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = first.Bootstrap }).Build();
            await admin.CreatePartitionsAsync([new() { Topic = topic, IncreaseTo = 4 }]);
        }

        await using var second = await StartAsync(silos: 1, partitions: 3, topic, start: TopicStart.Now, create: false,
            before: bootstrap => SendAsync(bootstrap, topic, 40, number => $"later-{number}", partitions: 4));
        await Eventually.TrueAsync("all that came meanwhile is delivered", () => second.Recorder.Keys.Count(
            key => key.StartsWith("later", StringComparison.Ordinal)) == 40);
        Assert.DoesNotContain(second.Recorder.Keys, key => key.StartsWith("old", StringComparison.Ordinal));
    }

    private async Task<WireCluster> StartAsync(
        int silos, int partitions, string? topic = null, TopicStart start = default, bool create = true,
        Action<KafkaStreamOptions>? configure = null, Func<string, Task>? before = null, Words? words = null)
    {
        var name = topic ?? $"wire-{Guid.NewGuid():N}";
        var bootstrap = await kafka.BootstrapAsync();
        if (create) await kafka.CreateTopicAsync(name, partitions);
        if (create) await kafka.CreateTopicAsync($"{name}.dead-letter", partitions);
        if (before is not null) await before(bootstrap);
        return await WireCluster.StartAsync(bootstrap,
            new KafkaTopic("converted", name, partitions) { IsRequired = false, Converter = words ?? new Words(), Start = start }, silos, options =>
        {
            options.TopicCheckInterval = TimeSpan.FromMilliseconds(200);
            configure?.Invoke(options);
        });
    }

    private static Task SendAsync(WireCluster cluster, int count, Func<int, string> body, string? topic = null, int partitions = 1) =>
        SendAsync(cluster.Bootstrap, topic ?? cluster.Topic.Topic, count, body, partitions == 1 ? cluster.Topic.Partitions : partitions);

    private static async Task SendAsync(string bootstrap, string topic, int count, Func<int, string> body, int partitions)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = bootstrap, LingerMs = 5,
            EnableIdempotence = true }).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => producer.ProduceAsync(
            new TopicPartition(topic, number % partitions), new() { Value = Encoding.UTF8.GetBytes(body(number)) },
            TestContext.Current.CancellationToken)));
    }

    private static Task DoneAsync(WireCluster cluster) => Eventually.TrueAsync(
        "all is done and committed", () => cluster.Partitions.ToList() is { Count: > 0 } all
        && all.TrueForAll(each => each is { Lag: 0, Undecided: 0 } && each.CommittedOffset == each.EndOffset));

    private static string Header(ConsumeResult<byte[]?, byte[]> letter, string name) =>
        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));

    private static List<ConsumeResult<byte[]?, byte[]>> Letters(WireCluster cluster)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap,
            GroupId = "reader", FetchWaitMaxMs = 5, EnableAutoCommit = false }).Build();
        var place = new TopicPartition(cluster.Topic.DeadLetterTopic, 0);
        var end = consumer.QueryWatermarkOffsets(place, Eventually.Patience).High;
        consumer.Assign(new TopicPartitionOffset(place, Offset.Beginning));
        var letters = new List<ConsumeResult<byte[]?, byte[]>>();
        while (letters.Count < end.Value) letters.Add(consumer.Consume(TestContext.Current.CancellationToken));
        return letters;
    }

    /// <summary>Each word of a record is a message to the stream of that name; some words are to be taken literally.</summary>
    private sealed class Words : IRecordConverter
    {
        /// <summary>Whether a record with the word "wait" must wait.</summary>
        public bool IsAway { get; set; }

        public ValueTask<Conversion> ConvertAsync(KafkaMessage record, CancellationToken cancellationToken) => new(Convert(record));

        private Conversion Convert(KafkaMessage record) => Encoding.UTF8.GetString(record.Body.Span) switch
        {
            "throw" => throw new InvalidOperationException("password=secret"),
            "wait" when IsAway => Conversion.Waiting("the dictionary is away"),
            "refuse" => Conversion.Refused(new("why", "Because.")),
            "large" => new([new("wire", "large", [], new byte[1_001])]),
            var text => new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new ConvertedMessage(
                "wire", word, [new("ce_type", "wire.word")],
                Encoding.UTF8.GetBytes(record.Offset.ToString(CultureInfo.InvariantCulture))))]),
        };
    }
}
