namespace Phoenix.AppHost.Infrastructure;

/// <summary>
/// A server process ended, or did not answer in time, instead of becoming ready; the message ends with the last lines of its log.
/// </summary>
internal sealed class ServerDidNotStartException(string server, string what, string logTail)
    : Exception($"{server} did not start: {what} Its log ends with:{Environment.NewLine}{logTail}")
{
    public bool Mentions(string text) => logTail.Contains(text, StringComparison.OrdinalIgnoreCase);
}
