using System.Text;
using Phoenix.Kafka;
using Phoenix.Messages;

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

    private readonly Dictionary<string, string> _own = [];
    private readonly Dictionary<string, string?> _known = [];

    private RequestHeaders(IEnumerable<KafkaHeader> headers)
    {
        var bytes = 0;
        foreach (var header in headers)
        {
            if (IsKnown(header.Name))
            {
                AddKnown(header);
            }
            else if (!IsIgnored(header.Name))
            {
                AddOwn(header);
                bytes += Encoding.UTF8.GetByteCount(header.Name) + (header.Value?.Length ?? 0);
            }
        }

        if (_own.Count > MaxCount || bytes > MaxBytes)
            Complain(ErrorCodes.TooLarge, $"A message has at most {MaxCount} headers of its own and {MaxBytes} bytes in them; found {_own.Count} and {bytes}.");
    }

    /// <summary>What is wrong with them, or null: a code of <see cref="ErrorCodes"/> and a sentence.</summary>
    public (string Code, string Message)? Problem { get; private set; }

    /// <summary>The sender's own headers.</summary>
    public IReadOnlyDictionary<string, string> Own => _own;

    /// <summary>The value of a header of the wire, or null.</summary>
    public string? this[string name] => _known.GetValueOrDefault(name);

    public static RequestHeaders Of(KafkaMessage message) => new(message.Headers);

    /// <summary>The part of a text that fits into an error.</summary>
    public static string Shown(string text) => new([.. text.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);

    private static bool IsKnown(string name) => name is WireHeaders.SpecVersion or WireHeaders.Id or WireHeaders.Type or WireHeaders.Source or WireHeaders.Time
        or WireHeaders.ContentType or WireHeaders.ReplyTo or WireHeaders.ReplyPartition or WireHeaders.RequestId or WireHeaders.CorrelationId
        or WireHeaders.TraceParent or WireHeaders.Repeat or WireHeaders.Linearizable or WireHeaders.Principal;

    // Extensions of CloudEvents, and what a reply or dead letter had when it is put back as it is.
    private static bool IsIgnored(string name) => name is WireHeaders.CommandId or WireHeaders.Status
        || name.StartsWith("ce_", StringComparison.Ordinal) || name.StartsWith("deadletter", StringComparison.Ordinal) || name.StartsWith("phoenix", StringComparison.Ordinal);

    private static int MaxBytesOf(string name) => name switch
    {
        WireHeaders.Id or WireHeaders.RequestId or WireHeaders.CorrelationId => CommandMessage.MaxIdBytes,
        WireHeaders.ReplyTo => 249,
        _ => 1024,
    };

    private void AddKnown(KafkaHeader header)
    {
        var value = Text(header);
        if (_known.ContainsKey(header.Name)) value = Refuse($"The header '{header.Name}' occurs twice; send it once.");
        else if (value is "") value = Refuse($"The header '{header.Name}' is empty; give it a value or leave it out.");
        else if (header.Value?.Length > MaxBytesOf(header.Name)) value = Refuse($"The header '{header.Name}' has at most {MaxBytesOf(header.Name)} bytes; found {header.Value?.Length}.");
        _known[header.Name] = value;
    }

    private void AddOwn(KafkaHeader header)
    {
        if (!WireHeaders.IsUserHeader(header.Name)) Refuse($"A header's name is 1 to 64 ASCII letters, digits, '.', '_' and '-'; found '{Shown(header.Name)}'.");
        else if (Text(header) is { } value && !_own.TryAdd(header.Name, value)) Refuse($"The header '{header.Name}' occurs twice; send it once.");
    }

    private string? Text(KafkaHeader header)
    {
        try
        {
            var text = header.Value is { } bytes ? Strict.GetString(bytes.Span) : "";
            return text.Any(char.IsControl) ? Refuse($"The header '{header.Name}' holds control characters.") : text;
        }
        catch (DecoderFallbackException)
        {
            return Refuse($"The header '{header.Name}' is not UTF-8.");
        }
    }

    private string? Refuse(string message)
    {
        Complain(ErrorCodes.Undecodable, message);
        return null;
    }

    private void Complain(string code, string message) => Problem ??= (code, message);
}
