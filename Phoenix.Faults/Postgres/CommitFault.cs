namespace Phoenix.Faults;

/// <summary>What happens once, to the next commit that passes the proxy.</summary>
public abstract class CommitFault
{
    private readonly TaskCompletionSource _hit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the fault has happened: from then on the client has seen it.</summary>
    public Task Hit => _hit.Task;

    /// <summary>Whether the fault has done all it does. Set before it cuts connections, which ends the session on another thread.</summary>
    internal bool IsOver { get; private protected set; }

    /// <summary>
    /// Called instead of passing on the message that makes the server commit. What the client sent before is queued or sent.
    /// </summary>
    internal abstract Task AtCommitAsync(PostgresSession session, Frame commit);

    /// <summary>What of the server's message is passed on to the client.</summary>
    internal abstract IEnumerable<Frame> AtReply(PostgresSession session, Frame reply);

    /// <summary>Called when the session has ended and the fault is not over.</summary>
    internal virtual void AtSessionEnd() => Missed("The session ended before the fault happened.");

    private protected void Happened() => _hit.TrySetResult();

    private protected void Missed(string why) => _hit.TrySetException(new InvalidOperationException(why));
}
