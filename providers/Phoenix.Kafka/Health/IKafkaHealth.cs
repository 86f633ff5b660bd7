namespace Phoenix.Kafka;

/// <summary>State of the partitions that this silo reads; for health checks and the operations console.</summary>
public interface IKafkaHealth
{
    /// <summary>Whether the cluster can be reached.</summary>
    BrokerHealth Broker { get; }

    /// <summary>
    /// A snapshot: one entry a partition that this silo reads, in order of topic and partition, then those that no silo moves on.
    /// </summary>
    IReadOnlyList<PartitionHealth> Partitions { get; }

    /// <summary>Topics that are waited for, by name.</summary>
    IReadOnlyList<MissingTopic> Missing { get; }
}
