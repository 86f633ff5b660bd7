namespace Phoenix.Messages;

/// <summary>
/// A command or query that was not decided or not answered. <see cref="Code"/> is stable; the message says what was expected, what was
/// found and what to do. A rejection is no exception: it is an <see cref="Outcome"/>.
/// </summary>
[GenerateSerializer, Alias("phoenix.command-exception")]
public abstract class CommandException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    [Id(0)] public string Code { get; } = code;
}

/// <summary>The codes of typed errors, as they appear in exceptions, replies and dead letters.</summary>
public static class ErrorCodes
{
    /// <summary>The message cannot be understood: not JSON, wrong types, missing members, a bad id.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>No command or query of this name belongs to the aggregate.</summary>
    public const string UnknownName = "unknown-name";

    /// <summary>The handler, or the <c>Apply</c> of an event it raised, threw.</summary>
    public const string HandlerFailed = "handler-failed";

    /// <summary>The handler passed its time limit.</summary>
    public const string HandlerTimeout = "handler-timeout";

    /// <summary>Stored events of the aggregate cannot be read or applied.</summary>
    public const string BrokenAggregate = "broken-aggregate";

    /// <summary>The known id was sent with other content.</summary>
    public const string IdReused = "id-reused";

    /// <summary>The message is larger than the entrance takes.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Storage cannot be reached; the command had no effect. Send it again with the same id.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>Too much is waiting already; the command was not taken. Send it again after a pause.</summary>
    public const string Busy = "busy";

    /// <summary>
    /// The end of a commit could not be learned; the command may have taken effect. Send it again with the same id to learn its outcome.
    /// </summary>
    public const string Unknown = "unknown";
}

/// <summary>
/// The command had no effect because it, or the code that decides it, is faulty. Sent again with the same id it is decided anew.
/// </summary>
[GenerateSerializer, Alias("phoenix.command-failed")]
public sealed class CommandFailedException(string code, string message, Exception? inner = null) : CommandException(code, message, inner);

/// <summary>
/// Stored events of the aggregate cannot be read or applied, so it decides nothing until that is mended; other aggregates go on (guarantee
/// 10).
/// </summary>
[GenerateSerializer, Alias("phoenix.aggregate-broken")]
public sealed class AggregateBrokenException(string message, Exception? inner = null) : CommandException(ErrorCodes.BrokenAggregate, message, inner);

/// <summary>
/// A timer's command came too late: the timer was cancelled, set anew or delivered before. Only who delivers timers meets this.
/// </summary>
[GenerateSerializer, Alias("phoenix.timer-over")]
public sealed class TimerOverException(string message) : CommandException("timer-over", message);

/// <summary>The command's id belongs to a command with other content, whose outcome stands unchanged.</summary>
[GenerateSerializer, Alias("phoenix.id-reused")]
public sealed class CommandIdReusedException(string message) : CommandException(ErrorCodes.IdReused, message);

/// <summary>Storage could not be reached in time; the command had no effect. Sending it again with the same id is safe.</summary>
[GenerateSerializer, Alias("phoenix.unavailable")]
public sealed class UnavailableException(string message, Exception? inner = null) : CommandException(ErrorCodes.Unavailable, message, inner);

/// <summary>
/// Too much is waiting at this aggregate or silo: the command was not taken and had no effect. Send it again, with the same id, after
/// <see cref="RetryAfter"/>. Commands over Kafka never get this: they wait in their topic.
/// </summary>
[GenerateSerializer, Alias("phoenix.busy")]
public sealed class BusyException(string message, TimeSpan retryAfter)
    : CommandException(ErrorCodes.Busy, $"{message} This one was not taken; send it again in {retryAfter.TotalSeconds:0.###} s.")
{
    /// <summary>How long to wait: at the present pace half of what waits is answered by then. 50 ms to 10 s.</summary>
    [Id(0)] public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>
/// Whether the command took effect could not be learned. Sending it again with the same id is safe and gives its outcome.
/// </summary>
[GenerateSerializer, Alias("phoenix.outcome-unknown")]
public sealed class OutcomeUnknownException(string message, Exception? inner = null) : CommandException(ErrorCodes.Unknown, message, inner)
{
    /// <summary>The id to send the command again with, where the thrower knows it.</summary>
    [Id(0)] public string? CommandId { get; init; }
}
