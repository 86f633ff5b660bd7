namespace Phoenix.EventStore;

/// <summary>The log could not do what was asked of it.</summary>
public abstract class LogException(string message, Exception? inner) : Exception(message, inner);

/// <summary>Storage cannot be reached or has no room; nothing was committed. Trying again is safe.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>The end of a commit could not be learned: it may or may not have happened. Trying the same command ids again is safe.</summary>
public sealed class LogOutcomeUnknownException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>
/// Storage refuses the content of this commit and would refuse it again, for example text that JSONB cannot hold. Nothing was committed.
/// </summary>
public sealed class LogContentException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>
/// A stored event cannot be read or applied; the message names stream, version and event. It is never skipped (guarantee 10).
/// </summary>
public sealed class LogBrokenException(string message, Exception? inner = null) : LogException(message, inner);
