using System.Collections.Concurrent;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>Tells the pulling agents of Kafka partitions from those of other stream providers in the same silo.</summary>
internal sealed class KafkaQueues
{
    private const string AgentType = "sys.svc.stream.agent";

    private readonly ConcurrentDictionary<string, HashSet<string>> queuesOfProviders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<GrainId, bool> known = new();

    public void Register(string provider, IEnumerable<QueueId> queues) => queuesOfProviders[provider] = [.. queues.Select(queue => queue.ToStringWithHashCode())];

    public bool IsAgent(GrainId grain) => known.GetOrAdd(grain, static (id, self) => self.Examine(id), this);

    // Orleans names an agent "{silo}+{provider}_{number}_{queue}".
    private bool Examine(GrainId grain)
    {
        if (grain.Type.ToString() != AgentType || grain.Key.ToString() is not { } key)
            return false;
        foreach (var (provider, queues) in queuesOfProviders)
        {
            var start = key.IndexOf($"+{provider}_", StringComparison.Ordinal);
            var number = start + provider.Length + 2;
            var end = start < 0 ? -1 : key.IndexOf('_', number);
            if (end > number && key.AsSpan(number..end).IndexOfAnyExceptInRange('0', '9') < 0 && queues.Contains(key[(end + 1)..]))
                return true;
        }
        return false;
    }
}
