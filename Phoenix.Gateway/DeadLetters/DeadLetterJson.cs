using System.Text;
using System.Text.Unicode;
using Phoenix.Kafka;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>Dead letters as JSON. The letter itself has the bytes; this shows what a person needs to judge it.</summary>
internal static class DeadLetterJson
{
    private const int MaxBytes = 4096;

    public static IResult List(IReadOnlyList<KafkaMessage> letters) => Results.Json(new { letters = letters.Select(Letter) });

    private static object Letter(KafkaMessage letter) => new
    {
        partition = letter.Partition,
        offset = letter.Offset,
        id = Last(letter, DeadLetterHeaders.Id),
        reason = Last(letter, DeadLetterHeaders.Reason),
        message = Last(letter, DeadLetterHeaders.Message),
        time = Last(letter, DeadLetterHeaders.Time),
        origin = new { topic = Last(letter, DeadLetterHeaders.Topic), partition = Last(letter, DeadLetterHeaders.Partition), offset = Last(letter, DeadLetterHeaders.Offset) },
        key = letter.RawKey is { } key ? Text(key.Span) : null,
        name = letter.Type,
        commandId = letter.Id,
        bytes = letter.Body.Length,
        body = letter.RawBody is { } body ? Text(body.Span) : null,
    };

    private static string? Last(KafkaMessage letter, string name) => letter.Headers.LastOrDefault(header => header.Name == name)?.Text;

    // The beginning of what may be anything; what is no text at all is left out.
    private static string? Text(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MaxBytes)]) : null;
}
