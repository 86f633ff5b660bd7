namespace Phoenix.Kafka;

/// <summary>Why a record could not be processed.</summary>
/// <param name="Code">Stable code, for example <see cref="Unroutable"/>; upper layers add their own.</param>
/// <param name="Message">What was found, for people. Must not carry secrets.</param>
[GenerateSerializer, Immutable, Alias("phoenix.kafka.dead-letter-reason")]
public sealed record DeadLetterReason([property: Id(0)] string Code, [property: Id(1)] string Message)
{
    /// <summary>Which of very many messages of the record it is about; <see langword="null"/> when it is about the record.</summary>
    [Id(2)] public LetterTarget? Target { get; init; }

    /// <summary>Code of records whose key cannot name a stream.</summary>
    public const string Unroutable = "unroutable";

    /// <summary>Code of records that cannot be read at all.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>Code of records whose <see cref="IRecordConverter"/> failed.</summary>
    public const string Unconvertible = "unconvertible";

    /// <summary>Code of records with a body above the limit.</summary>
    public const string TooLarge = "too-large";
}
