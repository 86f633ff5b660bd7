namespace Phoenix.Subscribing;

/// <summary>What is needed to read a record's format cannot be reached now.</summary>
/// <param name="message">What is missing, for people who look at the host's health. No secrets: it leaves the process.</param>
/// <param name="cause">The cause, or null.</param>
public sealed class FormatUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
