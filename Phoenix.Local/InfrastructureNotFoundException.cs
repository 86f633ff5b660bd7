using System.Text;

namespace Phoenix.Local;

/// <summary>
/// No server was found and none could be started. The message names every way tried, why it failed and what would make it work.
/// </summary>
public sealed class InfrastructureNotFoundException : Exception
{
    /// <summary>States that every way to <paramref name="server"/> failed.</summary>
    /// <param name="server">What was looked for, such as <c>PostgreSQL</c>.</param>
    /// <param name="failures">The ways tried, in order.</param>
    public InfrastructureNotFoundException(string server, IReadOnlyList<FailedWay> failures)
        : base(Describe(server, failures)) => Failures = failures;

    /// <summary>The ways tried, in order.</summary>
    public IReadOnlyList<FailedWay> Failures { get; }

    private static string Describe(string server, IReadOnlyList<FailedWay> failures)
    {
        var text = new StringBuilder($"{server} was not found and could not be started. Tried, in this order:");
        for (var i = 0; i < failures.Count; i++)
        {
            var (way, reason, advice) = failures[i];
            text.Append($"{Environment.NewLine}  {i + 1}. {way}: {reason} What to do: {advice}");
        }

        return text.ToString();
    }
}
