namespace Phoenix.Kafka;

/// <summary>Which of very many messages of a record a dead letter is about.</summary>
/// <param name="StreamNamespace">Namespace of its stream.</param>
/// <param name="Key">Key of its stream.</param>
/// <param name="Ordinal">Its place among what the record becomes.</param>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.letter-target")]
public sealed record LetterTarget([property: Id(0)] string StreamNamespace, [property: Id(1)] string Key, [property: Id(2)] int Ordinal);
