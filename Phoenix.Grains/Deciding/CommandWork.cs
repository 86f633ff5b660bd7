using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Deciding;

/// <summary>A decoded command on its way through the decision loop.</summary>
internal sealed class CommandWork(CommandMessage message, Guid id, object command, byte[] payloadHash) : Work<Outcome>
{
    private List<CommandWork>? _repeats;

    public CommandMessage Message { get; } = message;
    public Guid Id { get; } = id;
    public object Command { get; } = command;
    public byte[] PayloadHash { get; } = payloadHash;

    /// <summary>It closes the id instead of having a command decided: whatever is known under the id is its answer.</summary>
    public bool IsClose => Command is CloseStep;

    /// <summary>Whether the same outcome answers the other, too.</summary>
    public bool IsSameAs(CommandWork other) => IsClose || other.IsClose || PayloadHash.AsSpan().SequenceEqual(other.PayloadHash);

    /// <summary>
    /// Why this build cannot decide it, whatever the state: a later or earlier one may have. Told when the ledger does not know it.
    /// </summary>
    public CommandFailedException? Refusal { get; private init; }

    /// <summary>The ledger is to be asked before deciding.</summary>
    public bool AskLedger { get; set; } = message.MayBeRepeat;

    /// <summary>The ledger was asked and did not know it.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>What deciding it failed with, and on which state: told when the ledger does not know it.</summary>
    public (CommandFailedException Error, int Generation)? Failure { get; set; }

    /// <summary>To be committed by itself, because a commit of several was refused for the content of one.</summary>
    public bool Alone { get; set; }

    /// <summary>How often it was decided in vain because the aggregate was changed elsewhere.</summary>
    public int Conflicts { get; set; }

    public override int Bytes => Message.Payload.Length;

    /// <summary>A command that this build cannot decide.</summary>
    public static CommandWork Refused(CommandMessage message, Guid id, CommandFailedException refusal) =>
        new(message, id, refusal, []) { Refusal = refusal, AskLedger = true };

    /// <summary>Lets the same command, sent once more, end as this one does.</summary>
    public void Share(CommandWork repeat) => (_repeats ??= []).Add(repeat);

    public override void Complete(Outcome result)
    {
        base.Complete(result);
        foreach (var repeat in Repeats()) Outcomes.Answer(repeat, PayloadHash, result);
    }

    public override void Fail(Exception exception)
    {
        // All of them before the loop goes on: what came with a repeat is not decided either (see Delivery).
        base.Fail(exception);
        foreach (var repeat in Repeats()) repeat.Fail(exception);
    }

    private List<CommandWork> Repeats()
    {
        var repeats = _repeats ?? [];
        _repeats = null;
        return repeats;
    }
}
