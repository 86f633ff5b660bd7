namespace Phoenix.Kafka;

/// <summary>A dead letter as a list shows it.</summary>
/// <param name="Beginning">The letter with the first <see cref="MaxBytes"/> of its body and of each header value, and without the sender's
/// own headers.</param>
/// <param name="BodyBytes">How many bytes the body has; <see langword="null"/> when there is none.</param>
public sealed record ListedLetter(KafkaMessage Beginning, int? BodyBytes)
{
    /// <summary>How much of a body or header value a list keeps: 4 KiB.</summary>
    public const int MaxBytes = 4096;

    /// <summary>A letter in short.</summary>
    /// <param name="letter">The letter.</param>
    public static ListedLetter Of(KafkaMessage letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return new(Beginnings(letter), letter.RawBody?.Length);
    }

    private static KafkaMessage Beginnings(KafkaMessage letter) =>
        letter with
        {
            // Copies: a slice would hold the whole.
            RawKey = letter.RawKey is { } key ? Cut(key) : null,
            RawBody = letter.RawBody is { } body ? Cut(body) : null,
            Headers =
            [
                .. letter.Headers
                    .Where(static header => header.Name.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal) || CloudEventHeaders.IsReserved(header.Name))
                    .Select(static header => header with { Value = header.Value is { } value ? Cut(value) : null }),
            ],
        };

    private static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> bytes) => bytes.Length <= MaxBytes ? bytes : bytes[..MaxBytes].ToArray();
}
