namespace Phoenix.Local;

/// <summary>
/// A server process ended, or did not answer in time, instead of becoming ready; the message ends with the last lines of its log.
/// </summary>
/// <param name="server">What people call it.</param>
/// <param name="what">What happened; one sentence.</param>
/// <param name="logTail">The last lines of its log.</param>
public sealed class ServerDidNotStartException(string server, string what, string logTail)
    : Exception($"{server} did not start: {what} Its log ends with:{Environment.NewLine}{logTail}")
{
    internal bool Mentions(string text) => logTail.Contains(text, StringComparison.OrdinalIgnoreCase);
}
