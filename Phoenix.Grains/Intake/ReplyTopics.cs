using System.Text.RegularExpressions;
using Phoenix.Hosting;

namespace Phoenix.Intake;

/// <summary>The topics that replies may go to (guarantee 12).</summary>
internal sealed class ReplyTopics(PhoenixOptions options)
{
    private readonly Regex[] _patterns =
    [
        .. options.AllowedReplyTopics.Select(pattern => new Regex(
            $"^{Regex.Escape(pattern).Replace("\\*", "[A-Za-z0-9._-]*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)),
    ];

    public bool Allow(string topic) => topic.Length <= 249 && Array.Exists(_patterns, pattern => pattern.IsMatch(topic));

    public override string ToString() => string.Join(", ", options.AllowedReplyTopics.Select(pattern => $"'{pattern}'"));
}
