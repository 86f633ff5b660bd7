using System.Reflection;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>Holds contracts against rules: every contract, command, query and event of this domain is somebody's.</summary>
/// <param name="domain">The assemblies that hold the rules.</param>
/// <param name="aggregates">The aggregates in them.</param>
/// <param name="former">Events that are only read, and become others then.</param>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class ContractCheck(
    IReadOnlyCollection<Assembly> domain, IReadOnlyCollection<AggregateModel> aggregates, IReadOnlySet<Type> former, List<string> problems)
{
    private readonly Dictionary<Type, AggregateModel> _byContract = aggregates.ToDictionary(model => model.Contract);
    private readonly HashSet<Type> _handled = [.. aggregates.SelectMany(Handled)];

    public void Run()
    {
        foreach (var assembly in domain.Union(aggregates.Select(model => model.Contract.Assembly)))
        {
            var types = assembly.GetTypes();
            var orphans = types.Where(type => AggregateContract.Is(type) && !_byContract.ContainsKey(type)).ToList();
            if (domain.Contains(assembly))
                problems.AddRange(orphans.Where(contract => ServiceAttribute.Of(contract) is null).Select(WithoutRules));
            foreach (var type in types.Where(type => !type.IsAbstract && !type.ContainsGenericParameters && !_handled.Contains(type)))
            {
                CheckMessage(type);
                // Contracts that are shared with another service may hold events of that service.
                if (typeof(IEvent).IsAssignableFrom(type) && !former.Contains(type) && (domain.Contains(assembly) || orphans.Count == 0))
                    problems.Add($"{type} is an event that no aggregate applies. Add 'public void Apply({type.Name} @event)' to its aggregate.");
            }
        }
    }

    private static IEnumerable<Type> Handled(AggregateModel model) => model.Commands.Values.Select(definition => definition.Type)
        .Concat(model.Queries.Values.Select(definition => definition.Type))
        .Concat(model.Events.Values.Select(definition => definition.Type));

    private static string WithoutRules(Type contract) =>
        $"{contract} is a contract without rules. Add a class that derives from Aggregate<{contract.Name}>; "
        + "a contract of another service belongs in that service's assembly of contracts, or has [Service(\"name\")].";

    private static string Handler(AggregateModel model, Type command) => model.Saga is { } saga
        ? $"Add 'public Plan Handle({command.Name} start)' to {saga.Newest.Type.Name}."
        : $"Add 'public Decision Handle({command.Name} command)' to {model.Type.Name}.";

    private void CheckMessage(Type type)
    {
        foreach (var message in type.GetInterfaces().Where(candidate => candidate.IsGenericType))
        {
            var arguments = message.GetGenericArguments();
            if (!_byContract.TryGetValue(arguments[0], out var model)) continue;
            if (message.GetGenericTypeDefinition() == typeof(ICommand<>))
                problems.Add($"{type} is a command of {model.Contract} without a handler. {Handler(model, type)}");
            if (message.GetGenericTypeDefinition() == typeof(IQuery<,>))
                problems.Add($"{type} is a query of {model.Contract} without a handler. Add 'public {arguments[1].Name} Answer({type.Name} query)' to {model.Type.Name}.");
        }
    }
}
