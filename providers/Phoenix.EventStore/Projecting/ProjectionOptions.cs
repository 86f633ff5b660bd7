using System.Text.RegularExpressions;

namespace Phoenix.EventStore;

/// <summary>How projections are run.</summary>
public sealed partial class ProjectionOptions
{
    /// <summary>The section these are bound from.</summary>
    public const string Section = "Phoenix:Projections";

    /// <summary>
    /// How long a silo that runs a projection has this right without prolonging it; another takes over that long after it has died.
    /// Default 10 s, from 3 s to 5 minutes.
    /// </summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Health is degraded when a projection is later than this. Default 30 s, from 1 s.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Longest pause before a projection that stopped is started again; the first is 2 s, each next one twice as long. Default 30 s, from
    /// 2 s to 1 hour.
    /// </summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Which part of the time a rebuild or a verification works while commands are stored; it rests in between, so that commands do not
    /// suffer. While none are stored it does not rest. Default 0.5, from 0.05 to 1, which never rests.
    /// </summary>
    public double RebuildShare { get; set; } = 0.5;

    /// <summary>
    /// A role of PostgreSQL that may read the read models of this silo's projections, and nothing of the log: it is made without a login
    /// where it is missing, and granted each time a silo starts. Needs a silo role that may create roles, or one that finds it made.
    /// Default none.
    /// </summary>
    public string? ReaderRole { get; set; }

    /// <summary>What is wrong with these, each in a sentence that names the setting.</summary>
    public IEnumerable<string> Problems()
    {
        if (LeaseTime < TimeSpan.FromSeconds(3) || LeaseTime > TimeSpan.FromMinutes(5))
            yield return $"{Section}:LeaseTime is {LeaseTime}; expected 3 seconds to 5 minutes.";
        if (LateAfter < TimeSpan.FromSeconds(1)) yield return $"{Section}:LateAfter is {LateAfter}; expected 1 second or more.";
        if (LongestPause < TimeSpan.FromSeconds(2) || LongestPause > TimeSpan.FromHours(1))
            yield return $"{Section}:LongestPause is {LongestPause}; expected 2 seconds to 1 hour.";
        if (RebuildShare is not (>= 0.05 and <= 1)) yield return $"{Section}:RebuildShare is {RebuildShare}; expected 0.05 to 1.";
        if (ReaderRole is { Length: > 0 } && !Role().IsMatch(ReaderRole))
            yield return $"{Section}:ReaderRole is '{ReaderRole}'; expected 1 to 63 lower-case letters, digits or underscores that start with a letter, and not with pg_.";
    }

    [GeneratedRegex(@"^(?!pg_|public\z|none\z)[a-z][a-z0-9_]{0,62}\z")]
    private static partial Regex Role();
}
