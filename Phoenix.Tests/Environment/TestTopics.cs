using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Phoenix.Tests;

/// <summary>
/// The topics that a test leaves behind. One broker serves the whole run: with thousands of partitions it takes more than a minute to make
/// another topic, and every later test is slower.
/// </summary>
internal static class TestTopics
{
    /// <summary>Deletes the topics of a prefix that nobody else uses, when nothing reads or writes them any more.</summary>
    public static async Task DeleteAsync(string bootstrap, string prefix)
    {
        if (!SharedKafka.IsReal) return;
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).SetLogHandler((_, _) => { }).Build();
        try
        {
            var topics = await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics);
            var own = topics.Select(topic => topic.Topic).Where(topic => topic.StartsWith($"{prefix}.", StringComparison.Ordinal)).ToList();
            if (own.Count > 0) await admin.DeleteTopicsAsync(own, new DeleteTopicsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
        }
        catch (KafkaException)
        {
            // The broker may be the test's own and gone, or still at it: nothing depends on it.
        }
    }
}
