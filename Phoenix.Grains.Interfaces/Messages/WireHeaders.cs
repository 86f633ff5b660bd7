using System.Buffers;

namespace Phoenix.Messages;

/// <summary>
/// The Kafka header names of commands, queries, replies and dead letters. <c>docs/wire.md</c> is the contract; this is its spelling.
/// </summary>
public static class WireHeaders
{
    /// <summary>CloudEvents: always <c>1.0</c>.</summary>
    public const string SpecVersion = "ce_specversion";

    /// <summary>CloudEvents: the command's id, or a reply's own id.</summary>
    public const string Id = "ce_id";

    /// <summary>CloudEvents: the full logical name of the command or query, or <see cref="ReplyType"/>.</summary>
    public const string Type = "ce_type";

    /// <summary>CloudEvents: the sender; in a reply the stream id <c>{aggregate}/{id}</c>.</summary>
    public const string Source = "ce_source";

    /// <summary>CloudEvents: when it was made, RFC 3339.</summary>
    public const string Time = "ce_time";

    /// <summary><see cref="Json"/>, the only one accepted.</summary>
    public const string ContentType = "content-type";

    /// <summary>The topic that the reply goes to.</summary>
    public const string ReplyTo = "replyto";

    /// <summary>The partition of <see cref="ReplyTo"/>, as decimal text; without it the reply's key chooses.</summary>
    public const string ReplyPartition = "replypartition";

    /// <summary>Chosen by the sender for one request and echoed in its reply, so that the two are matched.</summary>
    public const string RequestId = "requestid";

    /// <summary>When a transaction's reply is sent: <see cref="Accepted"/>, the default, or <see cref="Ended"/>.</summary>
    public const string ReplyAt = "phoenixreplyat";

    /// <summary>Of <see cref="ReplyAt"/>: when the start is decided, as with every command.</summary>
    public const string Accepted = "accepted";

    /// <summary>Of <see cref="ReplyAt"/>: when the transaction has ended; at once if it is not started.</summary>
    public const string Ended = "ended";

    /// <summary>
    /// Which step of which transaction of another service a command is: a URI reference, echoed in the reply.
    /// </summary>
    public const string Step = "phoenixstep";

    /// <summary>Ties together the messages of one business process; stored with the events and echoed in the reply.</summary>
    public const string CorrelationId = "correlationid";

    /// <summary>Kept for the tenant of an aggregate; there are none yet, and a message that names one is refused.</summary>
    public const string Tenant = "phoenixtenant";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary><c>true</c>: the id may have been sent before.</summary>
    public const string Repeat = "phoenixrepeat";

    /// <summary><c>true</c>: the query's answer is checked against storage first.</summary>
    public const string Linearizable = "linearizable";

    /// <summary>Who sent it; read only by silos that were told to trust it.</summary>
    public const string Principal = "principal";

    /// <summary>In a reply: the id of the command, as sent or as derived.</summary>
    public const string CommandId = "commandid";

    /// <summary>In a reply: <see cref="ReplyStatus"/> in lower case.</summary>
    public const string Status = "status";

    /// <summary>The <see cref="Type"/> of every reply.</summary>
    public const string ReplyType = "phoenix.reply";

    /// <summary>The <see cref="ContentType"/> of every body.</summary>
    public const string Json = "application/json";

    /// <summary>The only CloudEvents version.</summary>
    public const string Version = "1.0";

    private static readonly string[] TracingNames =
        ["tracestate", "baggage", "b3", "uber-trace-id", "newrelic", "sw8", "elasticapmtraceparent", "x-amzn-trace-id", "x-cloud-trace-context"];

    private static readonly string[] TracingPrefixes = ["x-b3-", "uberctx-", "x-datadog-", "sw8-", "elastic-apm-", "ot-baggage-", "ot-tracer-"];

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>
    /// True for the names under which tracing agents send their context along, in any case: those of W3C beside <see cref="TraceParent"/>,
    /// B3, Jaeger, Datadog, Elastic, New Relic, SkyWalking and the clouds. They are nobody's own headers: not stored, and no limit counts
    /// them.
    /// </summary>
    public static bool IsTracing(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Array.Exists(TracingNames, known => name.Equals(known, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(TracingPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// True for 1 to 64 ASCII letters, digits, '.', '_' and '-' that are none of the names the wire uses itself: a header of the sender's
    /// own.
    /// </summary>
    public static bool IsUserHeader(string? name) =>
        name is { Length: > 0 and <= 64 }
        && !name.AsSpan().ContainsAnyExcept(NameCharacters)
        && !name.StartsWith("ce_", StringComparison.Ordinal)
        && !name.StartsWith("deadletter", StringComparison.Ordinal)
        && !name.StartsWith("phoenix", StringComparison.Ordinal)
        && name is not (ContentType or ReplyTo or ReplyPartition or RequestId or CorrelationId or TraceParent or Linearizable or Principal or CommandId or Status);
}
