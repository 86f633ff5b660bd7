using System.Text.RegularExpressions;
using Phoenix.Dispatch;
using Phoenix.Hosting;

namespace Phoenix.Subscribing;

/// <summary>The subscriptions of a host that are on.</summary>
internal sealed partial class SubscriptionCatalog
{
    private readonly IReadOnlyDictionary<string, IRecordFormat> _formats;

    private SubscriptionCatalog(IReadOnlyList<SubscriptionDefinition> all, IReadOnlyDictionary<string, IRecordFormat> formats) =>
        (All, _formats) = (all, formats);

    public IReadOnlyList<SubscriptionDefinition> All { get; }

    /// <exception cref="ArgumentException">Something cannot work; the message lists everything found.</exception>
    public static SubscriptionCatalog Of(
        DomainModel domain, PhoenixOptions phoenix, SubscriptionOptions options, IEnumerable<IRecordFormat> formats)
    {
        var known = formats.ToDictionary(format => format.Name, StringComparer.Ordinal);
        var (found, problems) = Read(domain, phoenix, options, known.Keys);
        return problems.Count == 0 ? new(found, known) : throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>What reads the values of a subscription's topic; null where they are JSON.</summary>
    public IRecordFormat? FormatOf(SubscriptionDefinition one) => _formats.GetValueOrDefault(one.Format);

    /// <summary>The subscriptions that are on, and what cannot work with them.</summary>
    /// <param name="domain">What the host runs.</param>
    /// <param name="phoenix">Its options.</param>
    /// <param name="options">Those of subscriptions.</param>
    /// <param name="formats">The names of the formats that it has beside JSON; null when they are not known yet.</param>
    public static (IReadOnlyList<SubscriptionDefinition> Found, IReadOnlyList<string> Problems) Read(
        DomainModel domain, PhoenixOptions phoenix, SubscriptionOptions options, IEnumerable<string>? formats = null)
    {
        var problems = new List<string>();
        var models = domain.ClassesOf<Subscription>().Select(type => SubscriptionModel.TryRead(type, problems)).OfType<SubscriptionModel>()
            .ToList();
        foreach (var twins in models.GroupBy(model => model.Named.Name).Where(group => group.Count() > 1))
            problems.Add($"The subscription name '{twins.Key}' is used by {string.Join(" and ", twins.Select(model => model.Type))}. Names are unique.");
        foreach (var model in models.Where(model => domain.Aggregates.ContainsKey(model.Named.Name)))
            problems.Add(
                $"{model.Type} has the name '{model.Named.Name}' of an aggregate, whose dead letters it would share. Give it another.");
        var names = models.Select(model => model.Named.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var unknown in options.Without(names))
            problems.Add($"{SubscriptionOptions.Section}:{unknown} is no subscription of this host. There are: {string.Join(", ", names.Order(StringComparer.Ordinal))}.");

        var all = models.Select(model => Define(model, options)).Where(one => one.Settings.Enabled).ToList();
        foreach (var one in all) problems.AddRange(Problems(one, phoenix));
        foreach (var one in all.Where(one => one.Format != SubscriptionDefinition.Json && formats?.Contains(one.Format) == false))
            problems.Add($"The topic of the subscription '{one.Name}' is written in '{one.Format}', which this host cannot read. It reads: "
                + $"{string.Join(", ", formats!.Prepend(SubscriptionDefinition.Json))}. For avro set Phoenix:SchemaRegistry:Url.");
        foreach (var twins in all.Where(one => one.Topic.Length > 0).GroupBy(one => one.Topic).Where(group => group.Count() > 1))
            problems.Add($"The topic '{twins.Key}' is read by the subscriptions {string.Join(" and ", twins.Select(one => $"'{one.Name}'"))}. A topic is read by one: let it do what both do.");
        // Without Kafka nothing is read, as no commands are.
        return (string.IsNullOrWhiteSpace(phoenix.Kafka) ? [] : all, problems);
    }

    private static SubscriptionDefinition Define(SubscriptionModel model, SubscriptionOptions options)
    {
        var settings = options.Of(model.Named.Name);
        return new(model.Named.Name, settings.Topic ?? model.Named.Topic ?? "", settings.Start ?? model.Named.Start, settings, model);
    }

    private static IEnumerable<string> Problems(SubscriptionDefinition one, PhoenixOptions phoenix)
    {
        var section = $"{SubscriptionOptions.Section}:{one.Name}";
        if (one.Topic.Length == 0)
            yield return $"The subscription '{one.Name}' has no topic. Give its class [Subscription(\"{one.Name}\", Topic = \"...\")], or set {section}:Topic, or {section}:Enabled to false.";
        else if (!TopicName().IsMatch(one.Topic) || one.Topic is "." or "..")
            yield return $"The subscription '{one.Name}' reads '{one.Topic}'; a topic's name is 1 to 249 letters, digits, dots, underscores or dashes.";
        else if (one.Topic.StartsWith($"{phoenix.TopicPrefix}.", StringComparison.Ordinal)
            && (one.Topic.EndsWith(".commands", StringComparison.Ordinal) || one.Topic.EndsWith(".dead-letter", StringComparison.Ordinal)))
            yield return $"The subscription '{one.Name}' reads '{one.Topic}', which these silos read commands from or write dead letters to. Choose another topic.";
        if (one.Settings.MaxRecordBytes < 1) yield return $"{section}:MaxRecordBytes is at least 1; found {one.Settings.MaxRecordBytes}.";
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,249}$")]
    private static partial Regex TopicName();
}
