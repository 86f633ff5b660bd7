using Phoenix.Model;

namespace Phoenix.Coordination;

/// <summary>What is known of one other service. Bound from <c>Phoenix:Services:{name}</c>; the same on all silos of a cluster.</summary>
public sealed class ServiceSettings
{
    /// <summary>
    /// The first part of the names of its topics, which is its <c>Phoenix:TopicPrefix</c>; on the same brokers. Default: the name of the
    /// service.
    /// </summary>
    public string? TopicPrefix { get; set; }

    /// <summary>
    /// How long its answer to a step is waited for before the same is sent again, after the step's back-off. Default 10 s, at least 100 ms.
    /// </summary>
    public TimeSpan AskAgainAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a step may wait for its answer before the health check <c>services</c> says so. Default 1 min.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For how long its transactions may ask again what they asked here; rows of the ledger that are younger are never trimmed. As long as
    /// its longest transaction may be open, the time included in which it needs attention. Default 30 days, at least 1 hour.
    /// </summary>
    public TimeSpan KeepLedgerFor { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>
/// The other services that steps of transactions go to or come from, by their names. Bound from <c>Phoenix:Services</c>. A step of a
/// service that is not among them is refused.
/// </summary>
public sealed class ServiceOptions : Dictionary<string, ServiceSettings>
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Services";

    private const string NameRule = "a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes";

    /// <summary>No services.</summary>
    public ServiceOptions() : base(StringComparer.Ordinal)
    {
    }

    /// <summary>The first part of the names of a service's topics.</summary>
    internal string PrefixOf(string service) => this[service].TopicPrefix ?? service;

    /// <summary>Whether a service with this first part is among them.</summary>
    internal bool HasPrefix(string prefix) => Keys.Any(service => PrefixOf(service) == prefix);

    /// <summary>The topics that answers to their steps go to.</summary>
    internal IEnumerable<string> ReplyTopics => Keys.Select(service => StepReplies.TopicOf(PrefixOf(service)));

    internal IEnumerable<string> Problems(string ownPrefix)
    {
        foreach (var (name, settings) in this)
        {
            var section = $"{Section}:{name}";
            if (!LogicalName.IsValid(name))
                yield return $"{section}: a service's name is {NameRule}.";
            if (!LogicalName.IsValid(PrefixOf(name)))
                yield return $"{section}:TopicPrefix is {NameRule}; found '{PrefixOf(name)}'.";
            else if (PrefixOf(name) == ownPrefix)
                yield return $"{section}:TopicPrefix is that of these silos themselves ('{ownPrefix}'). Set it to the other service's.";
            if (settings.AskAgainAfter < TimeSpan.FromMilliseconds(100))
                yield return $"{section}:AskAgainAfter is at least 100 ms; found {settings.AskAgainAfter}.";
            if (settings.LateAfter <= TimeSpan.Zero) yield return $"{section}:LateAfter is more than zero; found {settings.LateAfter}.";
            if (settings.KeepLedgerFor < TimeSpan.FromHours(1))
                yield return $"{section}:KeepLedgerFor is at least 1 hour; found {settings.KeepLedgerFor}.";
        }

        foreach (var twins in Keys.GroupBy(PrefixOf).Where(group => group.Count() > 1))
        {
            yield return $"{Section}: {string.Join(" and ", twins.Select(name => $"'{name}'"))} have the same TopicPrefix '{twins.Key}'. "
                + "Keep one.";
        }
    }
}
