using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Phoenix.EventStore;

namespace Phoenix.DeadLetters;

/// <summary>Ids of letters, and places in lists of them, as texts that fit into a URL.</summary>
internal static class LetterIds
{
    public static string Of(LetterName name) =>
        Write([((short)name.Kind).ToString(CultureInfo.InvariantCulture), name.First, name.Second,
            name.Number.ToString(CultureInfo.InvariantCulture), name.Guard]);

    public static string Of(Letter letter) => Of(NameOf(letter));

    public static LetterName NameOf(Letter letter) =>
        new(letter.Kind, letter.Place.Topic, $"{letter.Place.Life}:{letter.Place.Partition}", letter.Place.Position);

    /// <exception cref="ArgumentException">It is none.</exception>
    public static LetterName Read(string id) => NameOf(Parts(id, 5, "This is no letter's id."));

    /// <summary>The place behind a row.</summary>
    public static string PlaceOf(LetterRow row) => Write([row.Since.UtcTicks.ToString(CultureInfo.InvariantCulture), Of(row.LetterName)]);

    /// <exception cref="ArgumentException">It is none.</exception>
    public static (DateTimeOffset, LetterName)? ReadPlace(string? after)
    {
        if (after is null) return null;
        var parts = Parts(after, 2, NoPlace);
        return (TimeOf(parts[0]), Read(parts[1]));
    }

    public static string PlaceOf(LetterAuditRow row) => Write([row.At.UtcTicks.ToString(CultureInfo.InvariantCulture), row.Id.ToString()]);

    /// <exception cref="ArgumentException">It is none.</exception>
    public static (DateTimeOffset, Guid)? ReadAuditPlace(string? after)
    {
        if (after is null) return null;
        var parts = Parts(after, 2, NoPlace);
        return Guid.TryParse(parts[1], out var id) ? (TimeOf(parts[0]), id) : throw new ArgumentException(NoPlace);
    }

    private const string NoPlace = "The place to go on from is none that a listing gave.";

    private static LetterName NameOf(string[] parts) =>
        short.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var kind) && Enum.IsDefined((LetterKind)kind)
        && long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new((LetterKind)kind, parts[1], parts[2], number, parts[4]) : throw new ArgumentException("This is no letter's id.");

    private static DateTimeOffset TimeOf(string ticks) =>
        long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= DateTimeOffset.MaxValue.UtcTicks
            ? new(number, TimeSpan.Zero) : throw new ArgumentException(NoPlace);

    private static string Write(string[] parts) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(parts));

    private static string[] Parts(string text, int count, string problem)
    {
        try
        {
            var parts = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text));
            // What no text of PostgreSQL can be names nothing there.
            if (parts?.Length == count && parts.All(part => part is not null && !part.Contains('\0', StringComparison.Ordinal)))
                return parts;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentException)
        {
            // Told below.
        }

        throw new ArgumentException(problem);
    }
}
