namespace Phoenix.Runs.Checking;

/// <summary>A broken promise.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Stream">Of which stream.</param>
/// <param name="Finding">What was found, with what was expected.</param>
internal sealed record Violation(ViolationKind Kind, string Stream, string Finding);

/// <summary>The promises that are checked (<c>guarantees.md</c>, 1 to 4 and 9 to 11).</summary>
internal enum ViolationKind
{
    /// <summary>A client was told an outcome and the ledger has none, or has it twice.</summary>
    AnsweredNotRecorded,

    /// <summary>A client was told something else than the ledger says.</summary>
    AnswerDiffers,

    /// <summary>Two answers to the same command differ.</summary>
    RepeatDiffers,

    /// <summary>An accepted command's events are missing, doubled or not the versions that its outcome names.</summary>
    EventsDiffer,

    /// <summary>A rejected command has events.</summary>
    RejectedHasEvents,

    /// <summary>A command whose outcome no client learned has more than one effect.</summary>
    UnknownTwice,

    /// <summary>Something is recorded that no client sent.</summary>
    NeverSent,

    /// <summary>Versions of a stream have a gap or a double, or the stream's own version is another.</summary>
    VersionsNotContiguous,

    /// <summary>A balance or a shelf was below zero at some version: a decision was made on state that was not there.</summary>
    Overdrawn,

    /// <summary>The read model differs from the events.</summary>
    ProjectionDiffers,

    /// <summary>A transaction has not ended.</summary>
    TransactionNotEnded,

    /// <summary>What a transaction did is not what its end says.</summary>
    TransactionEndDiffers,

    /// <summary>A client was told another end of a transaction than is stored, or two different ones.</summary>
    EndToldDiffers,

    /// <summary>The start of a transaction was refused, and something of it is stored.</summary>
    RefusedTookEffect,

    /// <summary>A decision sent a command that never came.</summary>
    SendLost,

    /// <summary>A timer that goes on came far less often than others of its kind, or timers and sends are left over.</summary>
    TimerLost,

    /// <summary>A record for all behind a tag did not come to each of them once, or not in order.</summary>
    BroadcastDiffers,

    /// <summary>A record of a command topic is neither decided nor a dead letter, or both, or its sender was not told.</summary>
    RecordUnaccounted,

    /// <summary>What became of dead letters is not what replays and discards say.</summary>
    LettersDiffer,

    /// <summary>An event of an account was not published, was published out of order, or was never stored.</summary>
    PublicationDiffers,
}
