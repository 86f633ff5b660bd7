namespace Phoenix.Kafka;

/// <summary>Makes of each record of a topic the messages that are delivered in its place. Thread-safe.</summary>
public interface IRecordConverter
{
    /// <summary>
    /// Converts a record. It is pure: a record that comes again is converted again, on any silo, and must give the same. One that throws
    /// puts the record aside.
    /// </summary>
    /// <param name="record">The record, with any key or none.</param>
    /// <param name="cancellationToken">The partition is given up; what is returned then counts for nothing.</param>
    ValueTask<Conversion> ConvertAsync(KafkaMessage record, CancellationToken cancellationToken);
}

/// <summary>What a record was converted to.</summary>
/// <param name="Messages">The messages, in order. Those of one stream are delivered in this order, and after those of earlier records of
/// the partition.</param>
/// <param name="Refusal">Why the record is put aside instead; <see langword="null"/> when it is not.</param>
public sealed record Conversion(IReadOnlyList<ConvertedMessage> Messages, DeadLetterReason? Refusal = null)
{
    /// <summary>
    /// In place of <see cref="Messages"/>, when they are very many; <see langword="null"/> when they are not. The partition's next record
    /// is converted when the last page has been taken in.
    /// </summary>
    public IMessagePages? Pages { get; init; }

    /// <summary>
    /// What the conversion needs and cannot have now: the record is tried again after a while, its partition waits for it, and says so in
    /// its health; no secrets. <see langword="null"/> when nothing is missing.
    /// </summary>
    public string? WaitsFor { get; init; }

    /// <summary>The record is put aside.</summary>
    /// <param name="reason">Why.</param>
    public static Conversion Refused(DeadLetterReason reason) => new([], reason);

    /// <summary>The record waits.</summary>
    /// <param name="missing">For what.</param>
    public static Conversion Waiting(string missing) => new([]) { WaitsFor = missing };
}

/// <summary>One of the messages that a record was converted to. Place and time are the record's.</summary>
/// <param name="StreamNamespace">Namespace of the stream that it goes to; any that grains of the cluster subscribe to.</param>
/// <param name="Key">Key of the stream.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
/// <param name="Ordinal">Its place among what the record becomes, if that is not its place in the list.</param>
public sealed record ConvertedMessage(
    string StreamNamespace, string Key, IReadOnlyList<KafkaHeader> Headers, ReadOnlyMemory<byte> Body, int? Ordinal = null);
