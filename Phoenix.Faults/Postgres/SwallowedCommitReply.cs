namespace Phoenix.Faults;

/// <summary>The server commits, its answer never arrives and the client loses its connection.</summary>
internal sealed class SwallowedCommitReply : CommitFault
{
    private readonly List<Frame> _withheld = [];
    private volatile int _replyToCommit = int.MaxValue;

    internal override async Task AtCommitAsync(PostgresSession session, Frame commit)
    {
        // COMMIT by extended protocol is answered by the Sync behind it.
        _replyToCommit = session.RepliesExpected + 1;
        session.Queue(commit);
        await session.SendAsync();
    }

    internal override IEnumerable<Frame> AtReply(PostgresSession session, Frame reply)
    {
        if (session.RepliesSeen < _replyToCommit - 1 || IsReadyBefore(session, reply))
            return [reply];
        _withheld.Add(reply);
        if (reply.Type != Frame.ReadyForQuery)
            return [];
        IsOver = true;
        if (_withheld.Find(frame => frame.Type == Frame.ErrorResponse) is { Bytes.IsEmpty: false } error)
        {
            Missed($"The server did not commit: {error.ErrorText}");
            return _withheld;
        }

        session.Connection.Cut();
        Happened();
        return [];
    }

    private bool IsReadyBefore(PostgresSession session, Frame reply) =>
        reply.Type == Frame.ReadyForQuery && session.RepliesSeen == _replyToCommit - 1;
}
