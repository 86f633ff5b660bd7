namespace Phoenix.Deciding;

/// <summary>The bounds of one decision loop.</summary>
/// <param name="CommandsPerCommit">Most commands in one commit.</param>
/// <param name="BytesPerCommit">
/// Bytes of events, replies and payloads after which a commit takes no further command.
/// </param>
/// <param name="Attempts">How often a command is decided in vain because the stream was changed elsewhere.</param>
/// <param name="BrokenFor">How long a broken stream answers with its error before it is read again.</param>
internal readonly record struct LoopLimits(int CommandsPerCommit, long BytesPerCommit, int Attempts, TimeSpan BrokenFor);
