using System.Globalization;
using System.Text.Json;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>Letters of topics as rows, and rows as letters again.</summary>
internal static class LetterRows
{
    private const int LongestText = 1_000;

    // More than a day ahead of us no clock of a silo is.
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>What the database keeps of a letter.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="topic">Whose letters stand in its topic.</param>
    /// <param name="storedBytes">Up to how many bytes it is kept whole.</param>
    /// <param name="now">The time.</param>
    public static Letter Of(KafkaMessage letter, KafkaTopic topic, int storedBytes, DateTimeOffset now)
    {
        var headers = letter.Headers.Sum(header => header.Name.Length + (header.Value?.Length ?? 0));
        var whole = letter.Body.Length + (letter.RawKey?.Length ?? 0) + headers <= storedBytes;
        var kept = whole ? letter : ListedLetter.Of(letter).Beginning;
        return new()
        {
            Place = new(letter.Topic, letter.TopicIncarnation, letter.Partition, letter.Offset),
            Kind = topic.Converter is null ? LetterKind.Command : LetterKind.Subscription,
            Name = topic.StreamNamespace,
            LetterId = Text(letter, DeadLetterHeaders.Id) ?? "",
            OriginTopic = Text(letter, DeadLetterHeaders.Topic) ?? "",
            OriginPartition = (int)Number(letter, DeadLetterHeaders.Partition, int.MaxValue),
            OriginPosition = Number(letter, DeadLetterHeaders.Offset, long.MaxValue),
            Target = Text(letter, DeadLetterHeaders.Target),
            Reason = Text(letter, DeadLetterHeaders.Reason) ?? "",
            Message = Text(letter, DeadLetterHeaders.Message, 2 * LongestText) ?? "",
            KeyText = Clean(kept.Key, LongestText),
            Key = kept.RawKey?.ToArray(),
            Headers = JsonSerializer.Serialize(kept.Headers.Select(header => new Header(header.Name, header.Value?.ToArray()))),
            Body = kept.RawBody?.ToArray(),
            BodyBytes = letter.RawBody?.Length,
            Whole = whole,
            DeadSince = TimeOf(letter, now),
        };
    }

    /// <summary>The letter of a row that is whole, as its topic had it.</summary>
    public static KafkaMessage MessageOf(Letter letter) => new()
    {
        Topic = letter.Place.Topic,
        Partition = letter.Place.Partition,
        Offset = letter.Place.Position,
        TopicIncarnation = letter.Place.Life,
        Timestamp = letter.DeadSince,
        RawKey = letter.Key is { } key ? key : (ReadOnlyMemory<byte>?)null,
        RawBody = letter.Body is { } body ? body : (ReadOnlyMemory<byte>?)null,
        Headers = [.. HeadersOf(letter).Select(header => new KafkaHeader(
            header.Name, header.Value is { } value ? value : (ReadOnlyMemory<byte>?)null))],
    };

    public static IEnumerable<LetterHeader> HeadersOf(Letter letter) =>
        JsonSerializer.Deserialize<Header[]>(letter.Headers)!.Select(header => new LetterHeader(header.Name, header.Value));

    /// <summary>Whether a letter that stands at the row's place is the row's.</summary>
    public static bool IsSame(Letter row, KafkaMessage letter) =>
        Of(letter, new(row.Name, row.OriginTopic), 0, row.DeadSince) is var other
        && (other.LetterId, other.Reason, other.Target, other.DeadSince) == (row.LetterId, row.Reason, row.Target, row.DeadSince);

    public static string? Text(KafkaMessage letter, string name, int longest = LongestText) =>
        letter.Headers.LastOrDefault(header => header.Name == name)?.Text is { } text ? Clean(text, longest) : null;

    private static long Number(KafkaMessage letter, string name, long most) =>
        long.TryParse(Text(letter, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : -1;

    // By the headers of a letter; the record's own time where they say nonsense.
    private static DateTimeOffset TimeOf(KafkaMessage letter, DateTimeOffset now)
    {
        var told = DateTimeOffset.TryParse(Text(letter, DeadLetterHeaders.Time), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time)
            && time > DateTimeOffset.UnixEpoch && time < now + Ahead ? time : letter.Timestamp;
        // As storage keeps it.
        return new(told.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
    }

    // PostgreSQL's text has no NUL and no half characters.
    private static string Clean(string text, int longest)
    {
        if (text.Length > longest) text = text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
        return text.Replace('\0', '\uFFFD');
    }

    private sealed record Header(string Name, byte[]? Value);
}
