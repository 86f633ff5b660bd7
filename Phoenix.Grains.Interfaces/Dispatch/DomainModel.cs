using System.Reflection;
using Phoenix.Model;
using Phoenix.Subscribing;

namespace Phoenix.Dispatch;

/// <summary>All aggregates of a host, checked together when it starts.</summary>
public sealed class DomainModel
{
    private readonly Dictionary<Type, AggregateModel> _byType;
    private readonly Lazy<HashSet<string>> _subscriptions;

    private DomainModel(IReadOnlyCollection<Assembly> assemblies, IReadOnlyCollection<AggregateModel> aggregates, EventEvolution evolution)
    {
        Assemblies = assemblies;
        Evolution = evolution;
        _byType = aggregates.ToDictionary(model => model.Type);
        Aggregates = aggregates.ToDictionary(model => model.Name);
        foreach (var model in aggregates) model.SnapshotFingerprint = evolution.FingerprintOf(model);
        foreach (var saga in aggregates.Select(model => model.Saga).OfType<SagaDefinitions>()) saga.Aggregates = Aggregates;
        _subscriptions = new(() => ClassesOf<Subscription>().Where(type => type.IsDefined(typeof(SubscriptionAttribute), false))
            .Select(SubscriptionModel.NameOf).ToHashSet(StringComparer.Ordinal));
        Services = FollowingCheck.ServicesOf(aggregates);
        ReadBack = new(aggregates.SelectMany(model => model.Events.Values).Select(definition => definition.Type));
    }

    /// <summary>The assemblies of the rules and of their contracts.</summary>
    public IReadOnlyCollection<Assembly> Assemblies { get; }

    /// <summary>The aggregates by logical name.</summary>
    public IReadOnlyDictionary<string, AggregateModel> Aggregates { get; }

    /// <summary>How stored events of earlier builds are read.</summary>
    internal EventEvolution Evolution { get; }

    /// <summary>Gives decided events as storage will give them back.</summary>
    internal EventReadBack ReadBack { get; }

    /// <summary>The classes of this domain that derive from <typeparamref name="T"/> and of which there can be instances.</summary>
    internal IEnumerable<Type> ClassesOf<T>() where T : class => Assemblies.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type is { IsAbstract: false, ContainsGenericParameters: false } && type.IsSubclassOf(typeof(T)));

    /// <summary>The names of the subscriptions of this domain, whether a host runs them or not.</summary>
    internal IReadOnlySet<string> Subscriptions => _subscriptions.Value;

    /// <summary>The other services that steps of transactions go to, each with a saga that has such a step.</summary>
    internal IReadOnlyDictionary<string, Type> Services { get; }

    /// <summary>The model of an aggregate type.</summary>
    /// <exception cref="ModelException">The type is not part of this domain.</exception>
    public AggregateModel Of(Type aggregate) => _byType.TryGetValue(aggregate, out var model)
        ? model
        : throw new ModelException($"{aggregate} is not part of this host's domain. Add its assembly {aggregate.Assembly.GetName().Name} to the host's domains.");

    /// <summary>
    /// Reads and checks every aggregate, command, query and event of the assemblies, and of those in which the contracts of the aggregates
    /// stand.
    /// </summary>
    /// <param name="assemblies">Those that hold the rules. The contracts are found through them.</param>
    /// <exception cref="ModelException">
    /// A handler is missing, doubled or of the wrong shape, a timer or send has no handler, a contract has no rules, a name is missing or
    /// used twice, a state, event or command does not survive JSON, or a version of an event that was stored cannot be read. The message
    /// lists everything found.
    /// </exception>
    public static DomainModel Of(params IReadOnlyCollection<Assembly> assemblies)
    {
        var problems = new List<string>();
        var types = assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.IsAbstract && !type.ContainsGenericParameters).ToList();
        var aggregates = types.Where(type => type.IsSubclassOf(typeof(Aggregate))).Select(type => AggregateModel.TryRead(type, problems))
            .Concat(SagaScan.In(types, problems)).OfType<AggregateModel>().ToList();
        if (aggregates.Count == 0 && problems.Count == 0)
            problems.Add($"No aggregate is in {string.Join(", ", assemblies.Select(assembly => assembly.GetName().Name))}. Name the assemblies whose classes derive from {typeof(Aggregate)}.");
        CheckNames(aggregates, problems);
        var evolution = EventEvolution.None;
        if (problems.Count == 0)
        {
            evolution = EvolutionScan.Of(types, aggregates, problems);
            new ContractCheck(assemblies, aggregates, evolution.FormerTypes, problems).Run();
            FollowingCheck.Run(assemblies, aggregates, problems);
        }

        return problems.Count == 0
            ? new DomainModel([.. assemblies.Union(aggregates.Select(model => model.Contract.Assembly))], aggregates, evolution)
            : throw ModelProblems.AsException(problems);
    }

    private static void CheckNames(List<AggregateModel> aggregates, List<string> problems)
    {
        foreach (var twins in aggregates.GroupBy(model => model.Name).Where(group => group.Count() > 1))
            problems.Add($"The aggregate name '{twins.Key}' is used by {string.Join(" and ", twins.Select(model => model.Type))}. Names are unique.");
        var events = aggregates.SelectMany(model => model.Events.Values).Select(definition => (definition.Name, definition.Type)).Distinct();
        foreach (var twins in events.GroupBy(definition => definition.Name).Where(group => group.Count() > 1))
            problems.Add($"The event name '{twins.Key}' is used by {string.Join(" and ", twins.Select(definition => definition.Type))}. Names are unique.");
    }
}
