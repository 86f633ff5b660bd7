using System.Diagnostics.Metrics;

namespace Phoenix.Kafka;

/// <summary>Counters of the meter <c>Phoenix.Kafka</c>.</summary>
internal static class KafkaInstruments
{
    private static readonly Meter Meter = new("Phoenix.Kafka");

    public static readonly Counter<long> Delivered = Meter.CreateCounter<long>("phoenix.kafka.delivered", "{record}", "Records whose delivery returned without an exception.");

    public static readonly Counter<long> FailedDeliveries = Meter.CreateCounter<long>("phoenix.kafka.delivery.failures", "{call}", "Delivery calls that threw; each is repeated.");

    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("phoenix.kafka.unroutable", "{record}", "Records that went to a dead-letter topic because they could not be routed.");

    public static readonly Counter<long> Lost = Meter.CreateCounter<long>("phoenix.kafka.lost", "{record}", "Offsets that were gone from the log before they were read.");
}
