using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>
/// Asks the broker anew for a topic that the producer does not know, or not this partition of. What a producer knows of a topic may be five
/// minutes old, and a topic may have been made anew since, with more partitions.
/// </summary>
internal sealed class TopicRefresh
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Task<int>> asking = new();

    /// <summary>Whether there is such a topic and partition after all; the producer knows it then.</summary>
    public async Task<bool> FindsAsync(NativeClient<IProducer<byte[]?, byte[]?>> producer, KafkaRecord record)
    {
        // Whoever misses the topic while it is asked for waits for the same answer.
        var answer = asking.GetOrAdd(record.Topic, topic => Task.Run(() => Partitions(producer, topic)));
        try
        {
            return await answer.ConfigureAwait(false) > (record.Partition ?? 0);
        }
        finally
        {
            asking.TryRemove(KeyValuePair.Create(record.Topic, answer));
        }
    }

    private static int Partitions(NativeClient<IProducer<byte[]?, byte[]?>> producer, string topic)
    {
        try
        {
            return producer.Use(native =>
            {
                using var admin = new DependentAdminClientBuilder(native.Handle).Build();
                var found = admin.GetMetadata(topic, Patience).Topics.Find(each => each.Topic == topic);
                return found is null || found.Error.IsError ? 0 : found.Partitions.Count;
            });
        }
        catch (Exception error) when (error is KafkaException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
