using System.Text;
using System.Text.Json;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Deciding;

/// <summary>Decisions as the log stores them.</summary>
/// <param name="failures">How failures of user code are told.</param>
/// <param name="keepRejectedPayloads">Whether the ledger keeps the payload of rejected commands.</param>
internal sealed class DecisionRecords(Failures failures, bool keepRejectedPayloads)
{
    /// <summary>The ledger's row for a decision.</summary>
    /// <exception cref="CommandFailedException">The reply cannot be written as JSON.</exception>
    public CommandRecord Of(CommandWork work, Decision decision, long version) => new()
    {
        Id = work.Id,
        OriginalId = CommandIdentity.IsUuid(work.Message.CommandId) ? null : work.Message.CommandId,
        Outcome = decision.Rejection is null ? RecordedOutcome.Accepted : RecordedOutcome.Rejected,
        Code = decision.Rejection?.Code,
        Message = decision.Rejection is { } rejection ? Storable(rejection.Message) : null,
        Reply = Reply(work, decision.Reply),
        VersionBefore = version,
        VersionAfter = version + decision.Events.Count,
        Name = work.Message.Name,
        Principal = work.Message.Principal,
        Source = work.Message.Source,
        PayloadHash = work.PayloadHash,
        Payload = decision.Rejection is not null && keepRejectedPayloads ? Encoding.UTF8.GetString(work.Message.Payload.Span) : null,
    };

    /// <summary>What is stored with each event of the command.</summary>
    public static EventMetadata Metadata(CommandWork work)
    {
        var headers = work.Message.Headers.Count == 0 && work.Message.TraceParent is null ? null : new Dictionary<string, string>(work.Message.Headers);
        if (work.Message.TraceParent is { } traceParent) headers![WireHeaders.TraceParent] = traceParent;
        return new(work.Message.CommandId, work.Message.CorrelationId, headers is null ? null : JsonSerializer.Serialize(headers), work.Message.Principal);
    }

    /// <summary>The error for a command whose decision is none, or none that can be stored.</summary>
    public CommandFailedException Failed(CommandWork work, string what, Exception? cause) => failures.OfCommand(work.Message, what, cause);

    /// <summary>Without what UTF-8 or PostgreSQL cannot hold: half a surrogate pair, left by cutting a text short, and U+0000.</summary>
    private static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    private string? Reply(CommandWork work, object? reply)
    {
        if (reply is null) return null;
        try
        {
            return JsonSerializer.Serialize(reply, reply.GetType(), PhoenixJson.Reply);
        }
        catch (Exception exception)
        {
            throw Failed(work, "replied with something that cannot be written as JSON", exception);
        }
    }
}
