namespace Phoenix.Messages;

/// <summary>What a reply says became of a request; on the wire in lower case.</summary>
public enum ReplyStatus
{
    /// <summary>The command was decided and its events, if any, are committed.</summary>
    Accepted = 1,

    /// <summary>A rule said no.</summary>
    Rejected = 2,

    /// <summary>The query was answered.</summary>
    Answered = 3,

    /// <summary>The request was neither decided nor answered; it had no effect.</summary>
    Failed = 4,

    /// <summary>The transaction that the command started has ended.</summary>
    Ended = 5,
}
