using Phoenix.Dispatch;
using Phoenix.Messages;

namespace Phoenix.Aggregates;

/// <summary>
/// Something that waits for its turn at an aggregate. It ends in a turn of the activation, and whoever waits for it goes on in the same turn: they look at the
/// outcome and send it, they never call back.
/// </summary>
internal abstract class Work
{
    /// <summary>Whom to tell that it ended, before anybody else is told.</summary>
    public IWorkOwner? Owner { get; set; }

    /// <summary>Where its place is given back, or null when it took none.</summary>
    public Admission? Admission { get; set; }

    /// <summary>What it takes of the memory for works that wait.</summary>
    public abstract int Bytes { get; }

    /// <summary>Whether it has ended.</summary>
    public abstract bool IsFinished { get; }

    /// <summary>Ends it with an error.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>Keeps account of works.</summary>
internal interface IWorkOwner
{
    void Finished(Work work);
}

/// <summary>A work and what it ends with.</summary>
internal abstract class Work<TResult> : Work
{
    private readonly TaskCompletionSource<TResult> _result = new();

    public Task<TResult> Result => _result.Task;

    public override bool IsFinished => _result.Task.IsCompleted;

    public void Complete(TResult result)
    {
        if (End()) _result.SetResult(result);
    }

    public override void Fail(Exception exception)
    {
        if (End()) _result.SetException(exception);
    }

    private bool End()
    {
        if (IsFinished) return false;
        Owner?.Finished(this);
        return true;
    }
}

/// <summary>A decoded command on its way through the decision loop.</summary>
internal sealed class CommandWork(CommandMessage message, Guid id, CommandDefinition definition, object command, byte[] payloadHash) : Work<Outcome>
{
    public CommandMessage Message { get; } = message;
    public Guid Id { get; } = id;
    public CommandDefinition Definition { get; } = definition;
    public object Command { get; } = command;
    public byte[] PayloadHash { get; } = payloadHash;

    /// <summary>The ledger is to be asked before deciding.</summary>
    public bool AskLedger { get; set; } = message.MayBeRepeat;

    /// <summary>To be committed by itself, because a commit of several was refused for the content of one.</summary>
    public bool Alone { get; set; }

    /// <summary>How often it was decided in vain because the aggregate was changed elsewhere.</summary>
    public int Conflicts { get; set; }

    public override int Bytes => Message.Payload.Length;
}

/// <summary>A decoded query on its way through the decision loop.</summary>
internal sealed class QueryWork(QueryDefinition definition, object query, bool linearizable) : Work<QueryAnswer>
{
    public QueryDefinition Definition { get; } = definition;
    public object Query { get; } = query;

    /// <summary>The version in storage is to be compared before answering.</summary>
    public bool AskStorage { get; set; } = linearizable;

    public override int Bytes => 0;
}
