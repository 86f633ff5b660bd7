namespace Phoenix.Kafka;

/// <summary>Where reading of a topic begins of which the consumer group has no position.</summary>
public enum TopicStart
{
    /// <summary>With the oldest record that is there.</summary>
    Beginning,

    /// <summary>
    /// With what comes after the first start. Partitions that are added later, and a topic that is missing at the first start or made
    /// again, are read from their beginning.
    /// </summary>
    Now,
}
