namespace Phoenix.Faults;

/// <summary>The server rolls back and the client is told an error of our choice at the commit. The connection stays usable.</summary>
/// <remarks>
/// A statement that the server cannot parse goes in front of the commit, so that it fails and rolls back by itself; its complaint is
/// replaced on the way to the client.
/// </remarks>
internal sealed class FailedCommit(string sqlState, string message) : CommitFault
{
    private volatile int _replyToCommit = int.MaxValue;
    private volatile bool _told;

    internal override async Task AtCommitAsync(PostgresSession session, Frame commit)
    {
        _replyToCommit = session.RepliesExpected + 1;
        if (commit.Type == Frame.Query)
        {
            session.Queue(Frame.OfTexts(Frame.Query, ["ROLLBACK"]));
        }
        else
        {
            session.Queue(Frame.OfTexts(Frame.Parse, ["", "this is no statement"], 0, 0));
            session.Queue(commit);
        }

        await session.SendAsync();
    }

    internal override IEnumerable<Frame> AtReply(PostgresSession session, Frame reply)
    {
        if (reply.Type == Frame.ReadyForQuery && session.RepliesSeen == _replyToCommit)
        {
            IsOver = true;
            Happened();
        }

        if (session.RepliesSeen != _replyToCommit - 1 || !IsVerdict(reply))
            return [reply];
        _told = true;
        return [Verdict()];
    }

    // Npgsql drops its connections at once when it hears of an exhausted resource, without waiting for the server to be ready again.
    internal override void AtSessionEnd()
    {
        if (_told)
            Happened();
        else
            base.AtSessionEnd();
    }

    private static bool IsVerdict(Frame reply) =>
        reply.Type == Frame.ErrorResponse || (reply.Type == Frame.CommandComplete && reply.Text(0) == "ROLLBACK");

    private Frame Verdict() =>
        Frame.OfTexts(Frame.ErrorResponse, ["SERROR", "VERROR", $"C{sqlState}", $"M{message}"], 0);
}
