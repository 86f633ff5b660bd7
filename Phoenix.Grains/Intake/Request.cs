using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>A Kafka record understood as a request: a command or a query, and where its reply goes.</summary>
internal sealed record Request(ReplyAddress? ReplyTo, CommandMessage? Command, QueryMessage? Query);

/// <summary>Where and how a reply is sent.</summary>
/// <param name="Topic">An allow-listed topic.</param>
/// <param name="Partition">Its partition, or null to let the key choose.</param>
/// <param name="RequestId">Echoed, or null.</param>
/// <param name="CorrelationId">Echoed.</param>
/// <param name="CommandId">The command's id, as sent or as derived.</param>
/// <param name="TraceParent">The request's trace context, or null.</param>
/// <param name="Step">Of a step of another service's transaction: which, echoed; else null.</param>
internal sealed record ReplyAddress(
    string Topic, int? Partition, string? RequestId, string CorrelationId, string CommandId, string? TraceParent, string? Step = null);

/// <summary>A record that is no request; it goes to the dead letters.</summary>
internal sealed class BadRequestException(string code, string message, ReplyAddress? replyTo) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>Where the sender can be told, if that could be read.</summary>
    public ReplyAddress? ReplyTo { get; } = replyTo;
}
