using System.Reflection;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>All aggregates of a host, checked together when it starts.</summary>
public sealed class DomainModel
{
    private readonly Dictionary<Type, AggregateModel> _byType;

    private DomainModel(IReadOnlyCollection<Assembly> assemblies, IReadOnlyCollection<AggregateModel> aggregates)
    {
        Assemblies = assemblies;
        _byType = aggregates.ToDictionary(model => model.Type);
        Aggregates = aggregates.ToDictionary(model => model.Name);
        ReadBack = new(aggregates.SelectMany(model => model.Events.Values).Select(definition => definition.Type));
    }

    /// <summary>The assemblies the domain was read from.</summary>
    public IReadOnlyCollection<Assembly> Assemblies { get; }

    /// <summary>The aggregates by logical name.</summary>
    public IReadOnlyDictionary<string, AggregateModel> Aggregates { get; }

    /// <summary>Gives decided events as storage will give them back.</summary>
    internal EventReadBack ReadBack { get; }

    /// <summary>The model of an aggregate type.</summary>
    /// <exception cref="ModelException">The type is not part of this domain.</exception>
    public AggregateModel Of(Type aggregate) => _byType.TryGetValue(aggregate, out var model)
        ? model
        : throw new ModelException($"{aggregate} is not part of this host's domain. Add its assembly {aggregate.Assembly.GetName().Name} to the host's domains.");

    /// <summary>Reads and checks every aggregate, command, query and event of the assemblies.</summary>
    /// <exception cref="ModelException">
    /// A handler is missing, doubled or of the wrong shape, a name is missing or used twice, or a state, event or command does not survive JSON.
    /// The message lists everything found.
    /// </exception>
    public static DomainModel Of(params IReadOnlyCollection<Assembly> assemblies)
    {
        var problems = new List<string>();
        var types = assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.IsAbstract && !type.ContainsGenericParameters).ToList();
        var aggregates = types.Where(type => type.IsSubclassOf(typeof(Aggregate)))
            .Select(type => AggregateModel.TryRead(type, problems)).OfType<AggregateModel>().ToList();
        if (aggregates.Count == 0 && problems.Count == 0)
            problems.Add($"No aggregate is in {string.Join(", ", assemblies.Select(assembly => assembly.GetName().Name))}. Name the assemblies whose classes derive from {typeof(Aggregate)}.");
        CheckNames(aggregates, problems);
        if (problems.Count == 0) CheckHandlers(types, aggregates, problems);
        return problems.Count == 0 ? new DomainModel(assemblies, aggregates) : throw ModelProblems.AsException(problems);
    }

    private static void CheckNames(List<AggregateModel> aggregates, List<string> problems)
    {
        foreach (var twins in aggregates.GroupBy(model => model.Name).Where(group => group.Count() > 1))
            problems.Add($"The aggregate name '{twins.Key}' is used by {string.Join(" and ", twins.Select(model => model.Type))}. Names are unique.");
        var events = aggregates.SelectMany(model => model.Events.Values).Select(definition => (definition.Name, definition.Type)).Distinct();
        foreach (var twins in events.GroupBy(definition => definition.Name).Where(group => group.Count() > 1))
            problems.Add($"The event name '{twins.Key}' is used by {string.Join(" and ", twins.Select(definition => definition.Type))}. Names are unique.");
    }

    private static void CheckHandlers(List<Type> types, List<AggregateModel> aggregates, List<string> problems)
    {
        var commands = aggregates.SelectMany(model => model.Commands.Values.Select(definition => definition.Type)).ToHashSet();
        var queries = aggregates.SelectMany(model => model.Queries.Values.Select(definition => definition.Type)).ToHashSet();
        var events = aggregates.SelectMany(model => model.Events.Values.Select(definition => definition.Type)).ToHashSet();
        foreach (var type in types)
        {
            foreach (var contract in type.GetInterfaces().Where(candidate => candidate.IsGenericType))
            {
                var aggregate = contract.GetGenericArguments()[0];
                if (contract.GetGenericTypeDefinition() == typeof(ICommand<>) && !commands.Contains(type))
                    problems.Add($"{type} is a command of {aggregate} without a handler. Add 'public Decision Handle({type.Name} command)' to {aggregate.Name}.");
                if (contract.GetGenericTypeDefinition() == typeof(IQuery<,>) && !queries.Contains(type))
                    problems.Add($"{type} is a query of {aggregate} without a handler. Add 'public {contract.GetGenericArguments()[1].Name} Answer({type.Name} query)' to {aggregate.Name}.");
            }

            if (typeof(IEvent).IsAssignableFrom(type) && !events.Contains(type))
                problems.Add($"{type} is an event that no aggregate applies. Add 'public void Apply({type.Name} @event)' to its aggregate.");
        }
    }
}
