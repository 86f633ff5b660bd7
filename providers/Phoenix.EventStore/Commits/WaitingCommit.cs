namespace Phoenix.EventStore.Commits;

/// <summary>A commit that somebody waits for.</summary>
/// <param name="commit">What to commit.</param>
/// <param name="since">When it came, as a timestamp.</param>
internal sealed class WaitingCommit(StreamCommit commit, long since)
{
    public StreamCommit Commit { get; } = commit;
    public long Since { get; } = since;

    /// <summary>About how many bytes it sends.</summary>
    public long Bytes { get; } = BytesOf(commit);

    /// <summary>Whether an attempt was made whose end is not known.</summary>
    public bool MayHaveCommitted { get; set; }

    public TaskCompletionSource<StreamResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static long BytesOf(StreamCommit commit)
    {
        var bytes = 0L;
        for (var i = 0; i < commit.Events.Count; i++) bytes += commit.Events[i].Data.Length;
        for (var i = 0; i < commit.Commands.Count; i++) bytes += (commit.Commands[i].Reply?.Length ?? 0) + (commit.Commands[i].Payload?.Length ?? 0);
        if (commit.Due is { } due)
        {
            foreach (var change in due.ByName.Values) bytes += change.Row?.Payload.Length ?? 0;
        }

        return bytes;
    }
}
