namespace Phoenix.Faults;

/// <summary>
/// The client loses its connection while its transaction goes on at the server: the statements have been executed and hold their locks,
/// the commit waits in the proxy. <see cref="CommitFault.Hit"/> completes when that is so.
/// </summary>
public sealed class HeldCommit : CommitFault
{
    private readonly TaskCompletionSource _executed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _executions;
    private volatile int _repliesBefore = int.MaxValue;

    /// <summary>Lets the server commit; returns when it has answered.</summary>
    public Task ReleaseAsync()
    {
        _decision.TrySetResult(true);
        return _end.Task;
    }

    /// <summary>Breaks the server's connection as well: it rolls back as soon as it notices.</summary>
    public Task AbortAsync()
    {
        _decision.TrySetResult(false);
        return _end.Task;
    }

    internal override async Task AtCommitAsync(PostgresSession session, Frame commit)
    {
        _executions = commit.Type == Frame.Sync ? session.Executed : 0;
        _repliesBefore = session.RepliesExpected;
        // Without it the server would execute, but tell us only at the Sync.
        session.Queue(Frame.Of(Frame.Flush));
        await session.SendAsync();
        if (_executions > 0)
            await _executed.Task;
        _executed.TrySetResult();
        session.Connection.CutClient();
        Happened();
        if (!await _decision.Task)
        {
            IsOver = true;
            session.Connection.CutServer();
            _end.TrySetResult();
            return;
        }

        session.Queue(commit);
        if (commit.Type == Frame.Execute)
            session.Queue(Frame.Of(Frame.Sync));
        await session.SendAsync();
        await _end.Task;
    }

    internal override void AtSessionEnd()
    {
        base.AtSessionEnd();
        _executed.TrySetResult();
        _decision.TrySetResult(false);
        _end.TrySetException(new InvalidOperationException("The server's connection ended before it answered the commit."));
    }

    internal override IEnumerable<Frame> AtReply(PostgresSession session, Frame reply)
    {
        if (reply.Type == Frame.ErrorResponse && session.RepliesSeen == _repliesBefore)
        {
            Missed($"The held statements failed: {reply.ErrorText}");
            _executed.TrySetResult();
        }

        if (session.RepliesSeen == _repliesBefore && session.Completed >= _executions)
            _executed.TrySetResult();
        if (session.RepliesSeen > _repliesBefore)
            _end.TrySetResult();
        return _executed.Task.IsCompleted ? [] : [reply];
    }
}
