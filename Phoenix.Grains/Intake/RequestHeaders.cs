using System.Text;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>The headers of a record, each once, as text.</summary>
internal sealed class RequestHeaders
{
    private const int MaxCount = 32;
    private const int MaxBytes = 4096;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _own = [];
    private readonly Dictionary<string, string> _known = [];

    /// <summary>What is wrong with them, or null: a code of <see cref="ErrorCodes"/> and a sentence.</summary>
    public (string Code, string Message)? Problem { get; private set; }

    /// <summary>The sender's own headers.</summary>
    public IReadOnlyDictionary<string, string> Own => _own;

    /// <summary>The value of a header of the wire, or null.</summary>
    public string? this[string name] => _known.GetValueOrDefault(name);

    public static RequestHeaders Of(KafkaMessage message)
    {
        var headers = new RequestHeaders();
        var bytes = 0;
        foreach (var header in message.Headers)
        {
            headers.Add(header);
            if (headers._own.ContainsKey(header.Name)) bytes += header.Name.Length + (header.Value?.Length ?? 0);
        }

        if (headers._own.Count > MaxCount || bytes > MaxBytes)
            headers.Complain(ErrorCodes.TooLarge, $"A message has at most {MaxCount} headers of its own and {MaxBytes} bytes in them; found {headers._own.Count} and {bytes}.");
        return headers;
    }

    private void Add(KafkaHeader header)
    {
        string value;
        try
        {
            value = header.Value is { } bytes ? Strict.GetString(bytes.Span) : "";
        }
        catch (DecoderFallbackException)
        {
            Complain(ErrorCodes.Undecodable, $"The header '{Shown(header.Name)}' is not UTF-8.");
            return;
        }

        var isOwn = WireHeaders.IsUserHeader(header.Name);
        if (value.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0) Complain(ErrorCodes.Undecodable, $"The header '{Shown(header.Name)}' holds control characters.");
        else if (!(isOwn ? _own : _known).TryAdd(header.Name, value)) Complain(ErrorCodes.Undecodable, $"The header '{Shown(header.Name)}' occurs twice.");
    }

    private void Complain(string code, string message) => Problem ??= (code, message);

    private static string Shown(string name) => new([.. name.Take(64).Select(c => char.IsControl(c) ? '?' : c)]);
}
