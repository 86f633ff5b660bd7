namespace Phoenix.Faults;

/// <summary>The server executes the statements, but both connections break before it is told to commit: it rolls back.</summary>
internal sealed class CutCommit : CommitFault
{
    internal override async Task AtCommitAsync(PostgresSession session, Frame commit)
    {
        await session.SendAsync();
        IsOver = true;
        session.Connection.Cut();
        Happened();
    }

    internal override IEnumerable<Frame> AtReply(PostgresSession session, Frame reply) => [reply];
}
