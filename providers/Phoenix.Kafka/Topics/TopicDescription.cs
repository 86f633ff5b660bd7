namespace Phoenix.Kafka;

/// <summary>What the broker says about a topic.</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Incarnation">Topic id, or the cluster id of a broker that has no topic ids; see
/// <see cref="KafkaMessage.TopicIncarnation"/>.</param>
/// <param name="Partitions">Number of partitions.</param>
/// <param name="HasTopicId">Whether <paramref name="Incarnation"/> is a topic id. Brokers before Apache Kafka 2.8 (KIP-516) have
/// none.</param>
public sealed record TopicDescription(string Topic, string Incarnation, int Partitions, bool HasTopicId);
