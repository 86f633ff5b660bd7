using Phoenix.EventStore;
using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Deciding;

/// <summary>Outcomes as callers see them, from ledger rows.</summary>
internal static class Outcomes
{
    public static Outcome Of(CommandRecord record, bool repeated) => new()
    {
        CommandId = record.OriginalId ?? record.Id.ToString(),
        Status = record.Outcome == RecordedOutcome.Accepted ? OutcomeStatus.Accepted : OutcomeStatus.Rejected,
        Code = record.Code,
        Message = record.Message,
        ReplyJson = Envelope.Holds(record.Reply)
            ? throw new UnavailableException($"The reply of '{record.OriginalId ?? record.Id.ToString()}' was recorded by a later build in an envelope that this one cannot open. Ask again once this silo runs a later build.")
            : record.Reply,
        VersionBefore = record.VersionBefore,
        VersionAfter = record.VersionAfter,
        Repeated = repeated,
    };

    /// <summary>An accepted command that was sent with a UUID and got no reply value.</summary>
    public static Outcome Plain(Guid id, long versionBefore, long versionAfter) => new()
    {
        CommandId = id.ToString(), Status = OutcomeStatus.Accepted, VersionBefore = versionBefore, VersionAfter = versionAfter,
    };

    /// <summary>
    /// Answers a command whose id is known: with the recorded outcome, or with <c>id-reused</c> when it was another command (guarantee
    /// 1).
    /// </summary>
    public static void Answer(CommandWork work, ReadOnlySpan<byte> recordedHash, Outcome recorded)
    {
        if (work.IsClose || recorded.Code == TransactionCodes.StepClosed || recordedHash.SequenceEqual(work.PayloadHash)) work.Complete(recorded with { Repeated = true });
        else work.Fail(IdReused(work.Message.CommandId));
    }

    public static CommandIdReusedException IdReused(string commandId) => new(
        $"The command id '{commandId}' belongs to a command with other content; its outcome stands. Send this command with an id of its own.");
}
