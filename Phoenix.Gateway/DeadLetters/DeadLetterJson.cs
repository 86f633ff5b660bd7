using System.Text;
using System.Text.Unicode;
using Phoenix.Kafka;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>Dead letters as JSON. The letter itself has the bytes; this shows what a person needs to judge it.</summary>
internal static class DeadLetterJson
{
    public static IResult List(IReadOnlyList<ListedLetter> letters) => Results.Json(new { letters = letters.Select(Letter) });

    private static object Letter(ListedLetter listed)
    {
        var letter = listed.Beginning;
        return new
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
            leftOut = Last(letter, DeadLetterHeaders.LeftOut),
            bytes = listed.BodyBytes ?? 0,
            body = letter.RawBody is { } body ? Text(body.Span) : null,
        };
    }

    private static string? Last(KafkaMessage letter, string name) => letter.Headers.LastOrDefault(header => header.Name == name)?.Text;

    // The beginning of what may be anything; what is no text at all is left out. A character that was cut in two at the end is not its
    // fault.
    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == ListedLetter.MaxBytes)
        {
            for (var missing = 0; missing < 4 && !Utf8.IsValid(bytes); missing++) bytes = bytes[..^1];
        }

        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }
}
