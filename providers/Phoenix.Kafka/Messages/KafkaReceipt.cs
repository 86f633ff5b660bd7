namespace Phoenix.Kafka;

/// <summary>Where the broker stored a record that it acknowledged (all in-sync replicas).</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset in the partition.</param>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.receipt")]
public readonly record struct KafkaReceipt([property: Id(0)] string Topic, [property: Id(1)] int Partition, [property: Id(2)] long Offset);
