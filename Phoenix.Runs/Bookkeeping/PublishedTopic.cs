using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Phoenix.Runs.Bookkeeping;

/// <summary>A published event, as a consumer in another system sees it.</summary>
/// <param name="Stream">The aggregate, <c>{aggregate}/{id}</c>.</param>
/// <param name="Version">The version that the aggregate had with it.</param>
internal readonly record struct PublishedEvent(string Stream, long Version);

/// <summary>Reads a topic of published events and compares it with what is stored: guarantee 8, seen from outside.</summary>
internal static class PublishedTopic
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Reads from the beginning until every stored event was met, or nothing new has come for the time given; in the order of arrival,
    /// which is that of the topic for each aggregate.
    /// </summary>
    public static List<PublishedEvent> Read(string kafka, string topic, int stored, TimeSpan patience)
    {
        var found = new List<PublishedEvent>();
        var distinct = new HashSet<PublishedEvent>();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka }).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(30)).Topics.Single().Partitions;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka,
            GroupId = $"books-{Guid.NewGuid():N}",
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning)));
        for (var news = Stopwatch.GetTimestamp(); distinct.Count < stored && Stopwatch.GetElapsedTime(news) < patience;)
        {
            if (consumer.Consume(Poll) is not { Message: { } message }) continue;
            var one = new PublishedEvent(
                Text(message, "ce_subject"), long.Parse(Text(message, "ce_aggregateversion"), CultureInfo.InvariantCulture));
            found.Add(one);
            if (distinct.Add(one)) news = Stopwatch.GetTimestamp();
        }

        return found;
    }

    /// <summary>
    /// What is wrong, each a sentence: events that are missing, that were never stored, or whose first occurrences are not in the order of
    /// versions.
    /// </summary>
    public static IEnumerable<(string Stream, string Finding)> Compare(
        IReadOnlyCollection<PublishedEvent> stored, IReadOnlyList<PublishedEvent> published)
    {
        var first = published.Distinct().ToList();
        foreach (var missing in stored.Except(first))
            yield return (missing.Stream, $"Version {missing.Version} was stored and not published.");
        foreach (var stranger in first.Except(stored))
            yield return (stranger.Stream, $"Version {stranger.Version} was published and is not stored.");
        foreach (var stream in first.GroupBy(one => one.Stream))
        {
            var versions = stream.Select(one => one.Version).ToList();
            if (!versions.SequenceEqual(versions.Order()))
                yield return (stream.Key, $"Its {versions.Count} events were published out of order.");
        }
    }

    private static string Text(Message<byte[], byte[]> message, string header) =>
        message.Headers.TryGetLastBytes(header, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
}
