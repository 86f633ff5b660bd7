using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>
/// A dead letter that its topic refuses holds up nobody (guarantee 7): it is written without what is too much, and the original can still
/// be put back.
/// </summary>
[Trait("Category", "Servers")]
public sealed class RefusedLetterTests(SharedKafka kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [RealBrokerFact]
    public async Task a_letter_above_its_topics_limit_is_written_without_its_body_and_put_back_whole()
    {
        await using var cluster = await StartAsync();
        await TopicSettings.SetAsync(cluster.Bootstrap, cluster.Topic.DeadLetterTopic, "max.message.bytes", "3000");
        await ProduceAsync(cluster, "large"u8.ToArray(), new byte[5_000], new Header("colour", "red"u8.ToArray()));

        var letter = await LetterAsync(cluster);
        Assert.Equal(("body", "5000", "red", "large"), (Text(letter, "deadletterleftout"), Text(letter, "deadletterbodybytes"), Text(letter, "colour"), letter.Key));
        Assert.Equal(0, letter.Body.Length);
        await NeighboursGoOnAsync(cluster);

        var replayed = await PutBackAsync(cluster, letter);
        Assert.Equal(5_000, replayed.Body.Length);
        Assert.Equal(("red", "large", Text(letter, "deadletterid")), (Text(replayed, "colour"), replayed.Key, replayed.Id));
    }

    [RealBrokerFact]
    public async Task headers_that_are_too_much_are_left_out_as_well()
    {
        await using var cluster = await StartAsync();
        await TopicSettings.SetAsync(cluster.Bootstrap, cluster.Topic.DeadLetterTopic, "max.message.bytes", "3000");
        await ProduceAsync(cluster, "large"u8.ToArray(), new byte[5_000], new Header("colour", new byte[4_000]));

        var letter = await LetterAsync(cluster);
        Assert.Equal(("body headers", "too-large"), (Text(letter, "deadletterleftout"), Text(letter, "deadletterreason")));
        await NeighboursGoOnAsync(cluster);
    }

    [RealBrokerFact]
    public async Task a_record_without_a_key_gets_one_where_letters_are_compacted()
    {
        await using var cluster = await StartAsync();
        await TopicSettings.SetAsync(cluster.Bootstrap, cluster.Topic.DeadLetterTopic, "cleanup.policy", "compact");
        await ProduceAsync(cluster, null, [7]);

        var letter = await LetterAsync(cluster);
        Assert.Equal(("key", Text(letter, "deadletterid")), (Text(letter, "deadletterleftout"), letter.Key));
        Assert.Equal([7], letter.Body.ToArray());
        await NeighboursGoOnAsync(cluster);
        Assert.Null((await PutBackAsync(cluster, letter)).RawKey);
    }

    [RealBrokerFact]
    public async Task an_original_that_is_gone_cannot_be_put_back_and_says_so()
    {
        await using var cluster = await StartAsync();
        await TopicSettings.SetAsync(cluster.Bootstrap, cluster.Topic.DeadLetterTopic, "max.message.bytes", "3000");
        await ProduceAsync(cluster, "large"u8.ToArray(), new byte[5_000]);
        var letter = await LetterAsync(cluster);
        var otherTopic = await kafka.NewTopicAsync();

        var gone = await Assert.ThrowsAsync<KafkaRejectedException>(() => Topics(cluster).ReplayAsync(letter, otherTopic, Cancellation));
        Assert.Equal("original-gone", gone.Code);
    }

    [RealBrokerFact]
    public async Task a_compacted_dead_letter_topic_is_refused_at_start()
    {
        var topic = new KafkaTopic("wire", $"wire-{Guid.NewGuid():N}.commands", 1);
        await kafka.CreateTopicAsync(topic.DeadLetterTopic, 1);
        await TopicSettings.SetAsync(await kafka.BootstrapAsync(), topic.DeadLetterTopic, "cleanup.policy", "compact");
        using var admin = new KafkaTopics(await kafka.BootstrapAsync());
        var options = await OptionsAsync(topic);

        var refused = await Assert.ThrowsAsync<KafkaRejectedException>(() => TopicCatalog.OpenAsync(options, admin, Logs.None<KafkaTopics>()));
        Assert.Contains("cleanup.policy=delete", refused.Message, StringComparison.Ordinal);
    }

    [RealBrokerFact]
    public async Task brokers_that_allow_no_such_size_make_the_topic_with_theirs()
    {
        var topic = new KafkaTopic("wire", $"wire-{Guid.NewGuid():N}.commands", 1);
        using var admin = new KafkaTopics(await kafka.BootstrapAsync());
        var options = await OptionsAsync(topic);
        // Stands for a size above the broker's cap: refused with the same code.
        options.MaxDeadLetterBytes = -5;

        await TopicCatalog.OpenAsync(options, admin, Logs.None<KafkaTopics>());
        Assert.Equal(1, (await admin.DescribeAsync(topic.DeadLetterTopic))!.Partitions);
    }

    [RealBrokerFact]
    public async Task a_topic_that_the_brokers_refuse_says_why()
    {
        using var admin = new KafkaTopics(await kafka.BootstrapAsync());
        var settings = new Dictionary<string, string> { ["max.message.bytes"] = "-5" };

        var refused = await Assert.ThrowsAsync<KafkaRejectedException>(() => admin.EnsureAsync($"test-{Guid.NewGuid():N}", 1, null, settings));
        Assert.Contains("max.message.bytes=-5", refused.Message, StringComparison.Ordinal);
    }

    private Task<WireCluster> StartAsync() => WireCluster.StartAsync(
        kafka, $"wire-{Guid.NewGuid():N}.commands", partitions: 1, configure: options => options.MaxMessageBytes = 1_000);

    private async Task<KafkaStreamOptions> OptionsAsync(KafkaTopic topic)
    {
        var options = new KafkaStreamOptions { BootstrapServers = await kafka.BootstrapAsync(), ConsumerGroup = "g" };
        options.Topics.Add(topic);
        return options;
    }

    private static DeadLetterTopics Topics(WireCluster cluster) =>
        new(Options.Create(new KafkaSenderOptions { BootstrapServers = cluster.Bootstrap }), cluster.Sender);

    private static async Task ProduceAsync(WireCluster cluster, byte[]? key, byte[] body, params Header[] headers)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig { BootstrapServers = cluster.Bootstrap, LingerMs = 5 }).Build();
        var message = new Message<byte[]?, byte[]> { Key = key, Value = body, Headers = [] };
        foreach (var header in headers) message.Headers.Add(header);
        await producer.ProduceAsync(new TopicPartition(cluster.Topic.Topic, 0), message, Cancellation);
    }

    private static async Task<KafkaMessage> LetterAsync(WireCluster cluster)
    {
        KafkaMessage? found = null;
        await Eventually.TrueAsync("the letter is written", async () => (found = await Topics(cluster).FindAsync(cluster.Topic.DeadLetterTopic, 0, 0, Cancellation)) is not null);
        return found!;
    }

    private static async Task NeighboursGoOnAsync(WireCluster cluster)
    {
        await cluster.SendAsync(1, keys: 1);
        await Eventually.TrueAsync("the next record is delivered", () => cluster.Recorder.Count == 1);
        await Eventually.TrueAsync("the position has passed both", () => cluster.Partitions.Single().DoneOffset == 2);
    }

    /// <summary>Puts a letter back, and reads what then stands in the command topic.</summary>
    private static async Task<KafkaMessage> PutBackAsync(WireCluster cluster, KafkaMessage letter)
    {
        var stored = await Topics(cluster).ReplayAsync(letter, cluster.Topic.Topic, Cancellation);
        return await Topics(cluster).FindAsync(stored.Topic, stored.Partition, stored.Offset, Cancellation)
            ?? throw new InvalidOperationException("Nothing stands where it was put back.");
    }

    private static string? Text(KafkaMessage message, string name) =>
        message.Headers.LastOrDefault(header => header.Name == name)?.Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;
}
