using System.Diagnostics;
using System.Text;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Intake;

/// <summary>
/// The headers of a record, each once, as text. One that says what is to be decided and is not as <c>docs/wire.md</c> says is the
/// <see cref="Problem"/>: guessing which of two values was meant would decide a command that nobody sent. One that only informs is left out
/// instead, and counted (<c>docs/decisions/0017</c>).
/// </summary>
internal sealed class RequestHeaders
{
    private const int MaxCount = 32;
    private const int MaxBytes = 4096;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly string?[] _known = new string?[KnownHeaders.Count];
    private Dictionary<string, string>? _own;
    private HashSet<string>? _contradicted;
    private int _seen;

    private RequestHeaders(IReadOnlyList<KafkaHeader> headers, bool trustPrincipal)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            if (KnownHeaders.PlaceOf(header.Name) is >= 0 and var place)
            {
                if (trustPrincipal || header.Name != WireHeaders.Principal) AddKnown(header, place);
            }
            else if (header.Name == WireHeaders.Tenant)
            {
                Problem ??= (ErrorCodes.Undecodable, $"The header '{WireHeaders.Tenant}' is kept for tenants, which this build does not have. Leave it out.");
            }
            else if (!IsIgnored(header.Name))
            {
                AddOwn(header);
            }
        }

        TraceParent = Trace();
        if (_own is not null) CheckOwn(_own);
    }

    /// <summary>What is wrong with them, or null: a code of <see cref="ErrorCodes"/> and a sentence.</summary>
    public (string Code, string Message)? Problem { get; private set; }

    /// <summary>What is wrong with the headers that only a query needs, or null.</summary>
    public string? QueryProblem { get; private set; }

    /// <summary>The sender's own headers.</summary>
    public IReadOnlyDictionary<string, string> Own => _own ?? CommandContext.EmptyHeaders;

    /// <summary>The W3C trace context, or null when there is none or it is none.</summary>
    public string? TraceParent { get; }

    /// <summary>The value of a header of the wire, or null.</summary>
    public string? this[string name] => _known[KnownHeaders.PlaceOf(name)];

    public static RequestHeaders Of(KafkaMessage message, bool trustPrincipal = false) => new(message.Headers, trustPrincipal);

    /// <summary>The part of a text that fits into an error.</summary>
    public static string Shown(string text) => new([.. text.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);

    // Extensions of CloudEvents, what a reply or dead letter had when it is put back as it is, and what tracing agents add on the way.
    private static bool IsIgnored(string name) => name is WireHeaders.CommandId or WireHeaders.Status
        || name.StartsWith("ce_", StringComparison.Ordinal) || name.StartsWith("deadletter", StringComparison.Ordinal) || name.StartsWith("phoenix", StringComparison.Ordinal)
        || WireHeaders.IsTracing(name);

    private void AddKnown(KafkaHeader header, int place)
    {
        var (value, fault) = Read(header, KnownHeaders.MaxBytesOf(header.Name));
        if ((_seen & (1 << place)) != 0) fault = $"The header '{header.Name}' occurs twice; send it once.";
        else if (fault is null && value.Length == 0) fault = $"The header '{header.Name}' is empty; give it a value or leave it out.";
        _seen |= 1 << place;
        _known[place] = fault is null ? value : null;
        if (fault is null) return;
        if (KnownHeaders.CanRefuse(place)) Problem ??= (ErrorCodes.Undecodable, fault);
        else if (KnownHeaders.IsForQueries(place)) QueryProblem ??= fault;
        else IntakeInstruments.Ignored(header.Name);
    }

    private void AddOwn(KafkaHeader header)
    {
        var (value, fault) = Read(header, int.MaxValue);
        if (fault is not null || !WireHeaders.IsUserHeader(header.Name)) IntakeInstruments.Ignored(IntakeInstruments.OfTheSender);
        else if (!(_own ??= []).TryAdd(header.Name, value) && _own[header.Name] != value) (_contradicted ??= []).Add(header.Name);
    }

    private void CheckOwn(Dictionary<string, string> own)
    {
        foreach (var name in _contradicted ?? [])
        {
            own.Remove(name);
            IntakeInstruments.Ignored(IntakeInstruments.OfTheSender);
        }

        var bytes = own.Sum(header => Encoding.UTF8.GetByteCount(header.Key) + Encoding.UTF8.GetByteCount(header.Value));
        if (own.Count > MaxCount || bytes > MaxBytes)
            Problem ??= (ErrorCodes.TooLarge, $"A message has at most {MaxCount} headers of its own and {MaxBytes} bytes in them; found {own.Count} and {bytes}.");
    }

    private string? Trace()
    {
        if (this[WireHeaders.TraceParent] is not { } trace || ActivityContext.TryParse(trace, null, out _)) return this[WireHeaders.TraceParent];
        IntakeInstruments.Ignored(WireHeaders.TraceParent);
        return null;
    }

    private static (string Value, string? Fault) Read(KafkaHeader header, int maxBytes)
    {
        if (header.Value?.Length > maxBytes) return ("", $"The header '{header.Name}' has at most {maxBytes} bytes; found {header.Value?.Length}.");
        try
        {
            var text = header.Value is { } bytes ? Strict.GetString(bytes.Span) : "";
            return (text, HasControl(text) ? $"The header '{header.Name}' holds control characters." : null);
        }
        catch (DecoderFallbackException)
        {
            return ("", $"The header '{header.Name}' is not UTF-8.");
        }
    }

    private static bool HasControl(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\0', '\u001F') || text.ContainsAnyInRange('\u007F', '\u009F');
}
