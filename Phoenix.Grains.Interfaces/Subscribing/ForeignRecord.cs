using System.Text;
using System.Text.Json;
using Phoenix.Json;

namespace Phoenix.Subscribing;

/// <summary>A record of a topic that others write, as it stands there.</summary>
public sealed class ForeignRecord
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The topic.</summary>
    public string Topic { get; init; } = "";

    /// <summary>The partition.</summary>
    public int Partition { get; init; }

    /// <summary>The offset in the partition.</summary>
    public long Offset { get; init; }

    /// <summary>The record's timestamp: when it was made or stored, as the topic is set.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The key: any bytes; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The value: any bytes; null when there is none, which in compacted topics says that the key is deleted.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>The headers in their order.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];

    // The value as JSON, where the topic is written in another format.
    internal ReadOnlyMemory<byte>? Decoded { get; set; }

    /// <summary>The key as text.</summary>
    /// <exception cref="UnusableRecordException">There is none, or it is no UTF-8.</exception>
    public string KeyText => Text("key", Key) ?? throw new UnusableRecordException("The record has no key.");

    /// <summary>The value as text.</summary>
    /// <exception cref="UnusableRecordException">There is none, or it is no UTF-8.</exception>
    public string ValueText => Text("value", Value) ?? throw new UnusableRecordException("The record has no value.");

    /// <summary>A header as text; null when there is none. Of several of one name the last.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="UnusableRecordException">It is no UTF-8.</exception>
    public string? Header(string name) => Text($"header '{name}'", Headers.LastOrDefault(header => header.Name == name)?.Value);

    /// <summary>
    /// The value, or what the subscription's format makes of it, read as JSON as strictly as commands are
    /// (<see cref="PhoenixJson.Message"/>): a member that is missing or of another type is refused, and unknown ones are ignored.
    /// </summary>
    /// <typeparam name="T">The type to read: usually a record of yours with what you need of it.</typeparam>
    /// <exception cref="UnusableRecordException">It is no such JSON; the message says where and why.</exception>
    public T Json<T>()
    {
        var value = Decoded ?? Value ?? throw new UnusableRecordException("The record has no value; expected JSON.");
        T? read;
        try
        {
            read = JsonSerializer.Deserialize<T>(value.Span, PhoenixJson.Message);
        }
        catch (JsonException exception)
        {
            throw new UnusableRecordException($"The value cannot be read. {ReadingProblem.Of(typeof(T), value, exception)}");
        }
        catch (NotSupportedException exception) when (ReadingProblem.Of(exception) is { } problem)
        {
            throw new UnusableRecordException($"The value cannot be read. {problem}");
        }

        if (read is null) throw new UnusableRecordException("The value is JSON; found null.");
        return NullItems.PathOfFirst(read) is { } path
            ? throw new UnusableRecordException($"The value cannot be read. {path}: expected no null among these items; found null.")
            : read;
    }

    private static string? Text(string what, ReadOnlyMemory<byte>? bytes)
    {
        try
        {
            return bytes is { } found ? Strict.GetString(found.Span) : null;
        }
        catch (DecoderFallbackException)
        {
            throw new UnusableRecordException($"The {what} is not UTF-8.");
        }
    }
}
