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

    // The native client must not go under a call: how many calls use each producer's, and those that may be used no more.
    private readonly object gate = new();
    private readonly Dictionary<IProducer<byte[]?, byte[]?>, int> uses = [];
    private readonly HashSet<IProducer<byte[]?, byte[]?>> released = [];

    /// <summary>Waits until nothing asks by this producer, and lets nothing ask by it again. Before it is disposed.</summary>
    public void Release(IProducer<byte[]?, byte[]?> producer)
    {
        lock (gate)
        {
            released.Add(producer);
            while (uses.ContainsKey(producer))
                Monitor.Wait(gate);
        }
    }

    /// <summary>Whether a question by this producer is under way.</summary>
    internal bool IsUsing(IProducer<byte[]?, byte[]?> producer)
    {
        lock (gate)
            return uses.ContainsKey(producer);
    }

    /// <summary>Whether there is such a topic and partition after all; the producer knows it then.</summary>
    public async Task<bool> FindsAsync(IProducer<byte[]?, byte[]?> producer, KafkaRecord record)
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

    private int Partitions(IProducer<byte[]?, byte[]?> producer, string topic)
    {
        lock (gate)
        {
            if (released.Contains(producer))
                return 0;
            uses[producer] = uses.GetValueOrDefault(producer) + 1;
        }

        try
        {
            using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
            var found = admin.GetMetadata(topic, Patience).Topics.Find(each => each.Topic == topic);
            return found is null || found.Error.IsError ? 0 : found.Partitions.Count;
        }
        catch (Exception error) when (error is KafkaException or ObjectDisposedException)
        {
            return 0;
        }
        finally
        {
            lock (gate)
            {
                if (--uses[producer] == 0)
                    uses.Remove(producer);
                Monitor.PulseAll(gate);
            }
        }
    }
}
