namespace Phoenix.Subscribing;

/// <summary>A record is of no use to its subscription. It goes to the dead letters with this message.</summary>
/// <param name="message">What was expected and what was found, for people who read dead letters. No secrets: it leaves the process.</param>
public sealed class UnusableRecordException(string message) : Exception(message);
