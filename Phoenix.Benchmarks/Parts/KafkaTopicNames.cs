using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The topics of the Kafka scenarios, as a silo with default settings names and makes them.</summary>
internal static class KafkaTopicNames
{
    public const int Partitions = 12;

    public static string Commands(string prefix) => $"{prefix}.{Tally.Name}.commands";

    /// <summary>A topic of somebody else's.</summary>
    public static string Foreign(string prefix) => $"{prefix}.foreign";
}
