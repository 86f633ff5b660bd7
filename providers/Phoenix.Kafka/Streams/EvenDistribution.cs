using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// Assigns queues to silos: even within one for each topic, and moving little when a silo comes or goes. Where a topic's queues go depends
/// on that topic and the silos alone: during a rolling update silos that know other topics beside it agree on it all the same.
/// </summary>
internal static class EvenDistribution
{
    public static Dictionary<SiloAddress, List<QueueId>> Of(IEnumerable<QueueId> queues, IReadOnlyCollection<SiloAddress> silos)
    {
        var assigned = silos.ToDictionary(silo => silo, _ => new List<QueueId>());
        foreach (var topic in queues.GroupBy(queue => queue.GetStringNamePrefix(), StringComparer.Ordinal))
            Assign([.. topic.Order()], assigned);
        return assigned;
    }

    private static void Assign(QueueId[] queues, Dictionary<SiloAddress, List<QueueId>> assigned)
    {
        // Whom the first queue prefers most get the one more that cannot be divided: other silos for each topic.
        var share = queues.Length / assigned.Count;
        var remainder = queues.Length % assigned.Count;
        var room = assigned
            .Keys.OrderByDescending(silo => Affinity(queues[0], silo))
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
