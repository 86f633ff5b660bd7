using System.Diagnostics;
using System.Text;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Intake;

/// <summary>
/// The headers of a record, each once, as text. One that is not as <c>docs/wire.md</c> says reads as absent and is the <see cref="Problem"/>: guessing which of
/// two values was meant would decide a command that nobody sent.
/// </summary>
internal sealed class RequestHeaders
{
    private const int MaxCount = 32;
    private const int MaxBytes = 4096;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly string?[] _known = new string?[Known.Count];
    private Dictionary<string, string>? _own;
    private int _seen;

    private RequestHeaders(IReadOnlyList<KafkaHeader> headers)
    {
        var bytes = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            if (Known.PlaceOf(header.Name) is >= 0 and var place)
            {
                AddKnown(header, place);
            }
            else if (!IsIgnored(header.Name))
            {
                AddOwn(header);
                bytes += Encoding.UTF8.GetByteCount(header.Name) + (header.Value?.Length ?? 0);
            }
        }

        TraceParent = this[WireHeaders.TraceParent] is { } trace && ActivityContext.TryParse(trace, null, out _) ? trace : null;
        if (Own.Count > MaxCount || bytes > MaxBytes)
            Complain(ErrorCodes.TooLarge, $"A message has at most {MaxCount} headers of its own and {MaxBytes} bytes in them; found {Own.Count} and {bytes}.");
    }

    /// <summary>What is wrong with them, or null: a code of <see cref="ErrorCodes"/> and a sentence.</summary>
    public (string Code, string Message)? Problem { get; private set; }

    /// <summary>The sender's own headers.</summary>
    public IReadOnlyDictionary<string, string> Own => _own ?? CommandContext.EmptyHeaders;

    /// <summary>The W3C trace context, or null when there is none or it is none.</summary>
    public string? TraceParent { get; }

    /// <summary>The value of a header of the wire, or null.</summary>
    public string? this[string name] => _known[Known.PlaceOf(name)];

    public static RequestHeaders Of(KafkaMessage message) => new(message.Headers);

    /// <summary>The part of a text that fits into an error.</summary>
    public static string Shown(string text) => new([.. text.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);

    // Extensions of CloudEvents, and what a reply or dead letter had when it is put back as it is.
    private static bool IsIgnored(string name) => name is WireHeaders.CommandId or WireHeaders.Status
        || name.StartsWith("ce_", StringComparison.Ordinal) || name.StartsWith("deadletter", StringComparison.Ordinal) || name.StartsWith("phoenix", StringComparison.Ordinal);

    private static int MaxBytesOf(string name) => name switch
    {
        WireHeaders.Id or WireHeaders.RequestId or WireHeaders.CorrelationId => CommandMessage.MaxIdBytes,
        WireHeaders.ReplyTo => 249,
        _ => 1024,
    };

    private void AddKnown(KafkaHeader header, int place)
    {
        var value = Text(header);
        if ((_seen & (1 << place)) != 0) value = Refuse($"The header '{header.Name}' occurs twice; send it once.");
        else if (value is "") value = Refuse($"The header '{header.Name}' is empty; give it a value or leave it out.");
        else if (header.Value?.Length > MaxBytesOf(header.Name)) value = Refuse($"The header '{header.Name}' has at most {MaxBytesOf(header.Name)} bytes; found {header.Value?.Length}.");
        _seen |= 1 << place;
        _known[place] = value;
    }

    private void AddOwn(KafkaHeader header)
    {
        if (!WireHeaders.IsUserHeader(header.Name)) Refuse($"A header's name is 1 to 64 ASCII letters, digits, '.', '_' and '-'; found '{Shown(header.Name)}'.");
        else if (Text(header) is { } value && !(_own ??= []).TryAdd(header.Name, value)) Refuse($"The header '{header.Name}' occurs twice; send it once.");
    }

    private string? Text(KafkaHeader header)
    {
        try
        {
            var text = header.Value is { } bytes ? Strict.GetString(bytes.Span) : "";
            return HasControl(text) ? Refuse($"The header '{header.Name}' holds control characters.") : text;
        }
        catch (DecoderFallbackException)
        {
            return Refuse($"The header '{header.Name}' is not UTF-8.");
        }
    }

    private static bool HasControl(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\0', '\u001F') || text.ContainsAnyInRange('\u007F', '\u009F');

    private string? Refuse(string message)
    {
        Complain(ErrorCodes.Undecodable, message);
        return null;
    }

    private void Complain(string code, string message) => Problem ??= (code, message);

    /// <summary>The headers that the wire gives a meaning, each with a place.</summary>
    private static class Known
    {
        public const int Count = 14;

        public static int PlaceOf(string name) => name switch
        {
            WireHeaders.SpecVersion => 0,
            WireHeaders.Id => 1,
            WireHeaders.Type => 2,
            WireHeaders.Source => 3,
            WireHeaders.Time => 4,
            WireHeaders.ContentType => 5,
            WireHeaders.ReplyTo => 6,
            WireHeaders.ReplyPartition => 7,
            WireHeaders.RequestId => 8,
            WireHeaders.CorrelationId => 9,
            WireHeaders.TraceParent => 10,
            WireHeaders.Repeat => 11,
            WireHeaders.Linearizable => 12,
            WireHeaders.Principal => 13,
            _ => -1,
        };
    }
}
