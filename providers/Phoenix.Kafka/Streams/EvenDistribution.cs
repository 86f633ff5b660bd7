using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// Assigns queues to silos: even within one for each topic, and moving little when a silo comes or goes. Where a topic's queues go depends
/// on that topic and the silos that read it alone: during a rolling update silos that know other topics beside it agree on it all the same.
/// </summary>
internal static class EvenDistribution
{
    /// <param name="queues">All queues.</param>
    /// <param name="silos">All silos.</param>
    /// <param name="reads">Whether a silo reads a topic; <see langword="null"/>: all do.</param>
    public static Dictionary<SiloAddress, List<QueueId>> Of(
        IEnumerable<QueueId> queues, IReadOnlyCollection<SiloAddress> silos, Func<string, SiloAddress, bool>? reads = null)
    {
        var assigned = silos.ToDictionary(silo => silo, _ => new List<QueueId>());
        foreach (var topic in queues.GroupBy(queue => queue.GetStringNamePrefix(), StringComparer.Ordinal))
        {
            List<SiloAddress> readers = [.. silos.Where(silo => reads?.Invoke(topic.Key, silo) ?? true)];
            if (readers.Count > 0)
                Assign([.. topic.Order()], readers, assigned);
        }
        return assigned;
    }

    private static void Assign(QueueId[] queues, List<SiloAddress> readers, Dictionary<SiloAddress, List<QueueId>> assigned)
    {
        // Whom the first queue prefers most get the one more that cannot be divided: other silos for each topic.
        var share = queues.Length / readers.Count;
        var remainder = queues.Length % readers.Count;
        var room = readers
            .OrderByDescending(silo => Affinity(queues[0], silo))
            .Select((silo, place) => (Silo: silo, Room: share + (place < remainder ? 1 : 0)))
            .ToDictionary(silo => silo.Silo, silo => silo.Room);

        foreach (var queue in queues)
        {
            var silo = room.Where(each => each.Value > 0).MaxBy(each => Affinity(queue, each.Key)).Key;
            assigned[silo].Add(queue);
            room[silo]--;
        }
    }

    // Rendezvous: each queue prefers the silos in an order of its own that does not depend on which others there are.
    private static (ulong, SiloAddress) Affinity(QueueId queue, SiloAddress silo)
    {
        var mixed = ((ulong)queue.GetUniformHashCode() << 32) | (uint)silo.GetConsistentHashCode();
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return (mixed ^ (mixed >> 31), silo);
    }
}
