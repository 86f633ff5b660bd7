namespace Phoenix;

/// <summary>
/// The dead letters of an aggregate's commands, or of a subscription's records, many at once, for operators. The key is the aggregate's or
/// the subscription's name. Letters stay where they are, and a command that has taken effect has none again: replaying is safe to repeat,
/// also after it was killed in the middle. A subscription's record is converted again, by the converter of today; its topic is not written
/// to.
/// </summary>
[Alias("phoenix.IDeadLetterGrain")]
public interface IDeadLetterGrain : IGrainWithStringKey
{
    /// <summary>How many letters there are of which the filter is true.</summary>
    /// <exception cref="InvalidOperationException">There is no such aggregate or subscription, or no broker answers.</exception>
    [Alias("Count")]
    Task<long> Count(LetterFilter filter);

    /// <summary>
    /// Begins to send the commands of the letters again that are there now, in the background, in order within a partition, and never one
    /// that dies anew by it. Asked after with <see cref="Status"/>; it ends with the silo it runs on.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="atMost">How many that may be: with more, none is sent.</param>
    /// <exception cref="InvalidOperationException">A replay is under way, or there is no such aggregate or subscription.</exception>
    [Alias("Replay")]
    Task Replay(LetterFilter filter, long atMost);

    /// <summary>Stops a replay; what it has sent is sent. False when none is under way.</summary>
    [Alias("Stop")]
    Task<bool> Stop();

    /// <summary>What the last replay does, or came to; of this activation, which is gone with its silo.</summary>
    [Alias("Status")]
    Task<ReplayStatus> Status();
}

/// <summary>Which dead letters; all that is given must be true.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.letter-filter")]
public sealed record LetterFilter
{
    /// <summary>The reason's code, such as <c>handler-failed</c>.</summary>
    [Id(0)] public string? Reason { get; init; }

    /// <summary>The key of the record; of a command the aggregate's id.</summary>
    [Id(1)] public string? Key { get; init; }

    /// <summary>Put aside at this time or later.</summary>
    [Id(2)] public DateTimeOffset? Since { get; init; }

    /// <summary>Put aside before this time.</summary>
    [Id(3)] public DateTimeOffset? Until { get; init; }
}

/// <summary>How a replay is.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.replay-status")]
public sealed record ReplayStatus
{
    /// <summary><c>idle</c>, <c>counting</c>, <c>replaying</c>, <c>replayed</c>, <c>refused</c>, <c>stopped</c> or <c>failed</c>.</summary>
    [Id(0)] public required string State { get; init; }

    /// <summary>When that began.</summary>
    [Id(1)] public DateTimeOffset? Since { get; init; }

    /// <summary>How many letters it is about.</summary>
    [Id(2)] public long Found { get; init; }

    /// <summary>How many were sent again.</summary>
    [Id(3)] public long Replayed { get; init; }

    /// <summary>How many could not be, such as those whose original is gone.</summary>
    [Id(4)] public long Skipped { get; init; }

    /// <summary>Why it was refused or failed, or why letters were skipped.</summary>
    [Id(5)] public string? Error { get; init; }
}
