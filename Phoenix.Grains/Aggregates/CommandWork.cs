using Phoenix.Dispatch;
using Phoenix.Messages;

namespace Phoenix.Aggregates;

/// <summary>Something that waits for its turn at an aggregate.</summary>
internal abstract class Work
{
    /// <summary>Ends it with an error.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A decoded command on its way through the decision loop.</summary>
internal sealed class CommandWork(CommandMessage message, Guid id, CommandDefinition definition, object command, byte[] payloadHash) : Work
{
    private readonly TaskCompletionSource<Outcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    public Task<Outcome> Outcome => _outcome.Task;

    public void Complete(Outcome outcome) => _outcome.TrySetResult(outcome);

    public override void Fail(Exception exception) => _outcome.TrySetException(exception);
}

/// <summary>A decoded query on its way through the decision loop.</summary>
internal sealed class QueryWork(QueryDefinition definition, object query, bool linearizable) : Work
{
    private readonly TaskCompletionSource<QueryAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QueryDefinition Definition { get; } = definition;
    public object Query { get; } = query;

    /// <summary>The version in storage is to be compared before answering.</summary>
    public bool AskStorage { get; set; } = linearizable;

    public Task<QueryAnswer> Answer => _answer.Task;

    public void Complete(QueryAnswer answer) => _answer.TrySetResult(answer);

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
