namespace Phoenix.Kafka;

/// <summary>State of the partitions that this silo reads; for health checks and the operations console.</summary>
public interface IKafkaHealth
{
    /// <summary>Whether the cluster can be reached.</summary>
    BrokerHealth Broker { get; }

    /// <summary>A snapshot, one entry a partition, in order of topic and partition.</summary>
    IReadOnlyList<PartitionHealth> Partitions { get; }
}
