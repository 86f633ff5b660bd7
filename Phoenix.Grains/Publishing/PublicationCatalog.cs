using System.Reflection;
using Phoenix.Dispatch;
using Phoenix.Hosting;

namespace Phoenix.Publishing;

/// <summary>The publications of a host: those that configuration asks for, and those that are classes of the domain.</summary>
internal sealed class PublicationCatalog
{
    private PublicationCatalog(IEnumerable<PublicationDefinition> all) => All = all.ToDictionary(one => one.Name, StringComparer.Ordinal);

    public IReadOnlyDictionary<string, PublicationDefinition> All { get; }

    internal static PublicationCatalog Of(params IEnumerable<PublicationDefinition> all) => new(all);

    /// <exception cref="ArgumentException">Something cannot work; the message lists everything found.</exception>
    public static PublicationCatalog Of(DomainModel domain, PhoenixOptions phoenix, PublicationOptions options)
    {
        var (found, problems) = Read(domain, phoenix, options);
        return problems.Count == 0 ? new(found) : throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>The publications, and what cannot work with them.</summary>
    public static (IReadOnlyList<PublicationDefinition> Found, IReadOnlyList<string> Problems) Read(
        DomainModel domain, PhoenixOptions phoenix, PublicationOptions options)
    {
        var problems = new List<string>();
        var aggregates = domain.Aggregates.Keys.ToHashSet(StringComparer.Ordinal);
        var events = domain.Aggregates.Values.SelectMany(model => model.Events.Values).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var found = new List<PublicationDefinition>();
        foreach (var name in options.Forward.Contains("*") ? aggregates : options.Forward.Where(aggregates.Contains).Distinct(StringComparer.Ordinal))
            found.Add(Define(name, null, $"{name}.events", [name], [], PoisonPolicy.ParkAggregate, new PlainForwarding()));
        foreach (var type in domain.ClassesOf<Publication>())
        {
            // One without a name that nobody outside can see is a part of something else.
            if (type.GetCustomAttribute<PublicationAttribute>() is not { } named)
            {
                if (type.IsVisible) problems.Add($"{type} has no name. Add [Publication(\"domain.name\")].");
            }
            else if (type.GetConstructor(Type.EmptyTypes) is null) problems.Add($"{type} has no public constructor without parameters. A publication is pure: it needs nothing from outside.");
            else Add(type, named);
        }

        foreach (var twins in found.GroupBy(one => one.Name).Where(group => group.Count() > 1))
            problems.Add($"The publication name '{twins.Key}' is used by {string.Join(" and ", twins.Select(one => one.Rules.GetType()))}. Names are unique; those of aggregates are taken by {PublicationOptions.Section}:Forward.");
        problems.AddRange(options.Problems(aggregates, [.. found.Select(one => one.Name)]));
        if (string.IsNullOrWhiteSpace(phoenix.Kafka) && found.Find(one => one.Sink is null) is { } needs)
            problems.Add($"The publication '{needs.Name}' needs Kafka. Set Phoenix:Kafka.");
        foreach (var one in found.Where(one => one.Sink is null && one.Settings.ParkAfter is not null))
        {
            problems.Add(
                $"{PublicationOptions.Section}:Settings:{one.Name}:ParkAfter is for publications with a sink, and '{one.Name}' has none.");
        }

        foreach (var one in found.Where(one => one.Topic.EndsWith(".commands", StringComparison.Ordinal) || one.Topic.EndsWith(".dead-letter", StringComparison.Ordinal)))
            problems.Add($"The publication '{one.Name}' would write to '{one.Topic}', which silos read commands from or write dead letters to. Choose another topic.");
        return (found, problems);

        void Add(Type type, PublicationAttribute named)
        {
            foreach (var unknown in named.Aggregates.Where(name => !aggregates.Contains(name))) problems.Add($"{type} takes events of '{unknown}', which is no aggregate of this host.");
            foreach (var unknown in named.Events.Where(name => !events.Contains(name)))
            {
                problems.Add(domain.Evolution.Find(unknown) is { Name: { } today }
                    ? $"{type} takes events '{unknown}', which are read as '{today}' now. Name these; the old ones are among them."
                    : $"{type} takes events '{unknown}', which no aggregate of this host applies.");
            }

            if (named.Sink is { } sink && (!sink.IsClass || sink.IsAbstract || !sink.IsAssignableTo(typeof(IPublicationSink))))
                problems.Add($"{type} names the sink {sink}, which is no class that implements {nameof(IPublicationSink)}.");
            var rules = (Publication)Activator.CreateInstance(type)!;
            var one = Define(named.Name, named.Topic, named.Name, named.Aggregates, named.Events, named.Poison, rules);
            if (named.Sink is not null && (named.Topic ?? one.Settings.Topic) is { } both)
                problems.Add($"{type} has a sink and the topic '{both}'. Take one away.");
            found.Add(named.Sink is null ? one : one with { Topic = "", CreatesTopic = false, Sink = named.Sink });
        }

        PublicationDefinition Define(string name, string? topic, string usual, string[] kinds, string[] types, PoisonPolicy poison, Publication rules)
        {
            var settings = options.Settings.TryGetValue(name, out var own) ? own : new();
            var place = settings.Topic ?? topic ?? $"{phoenix.TopicPrefix}.{usual}";
            return new(name, place, place.StartsWith($"{phoenix.TopicPrefix}.", StringComparison.Ordinal), settings.Poison ?? poison, settings, rules)
            {
                Aggregates = kinds.ToHashSet(StringComparer.Ordinal),
                Events = types.ToHashSet(StringComparer.Ordinal),
            };
        }
    }
}
