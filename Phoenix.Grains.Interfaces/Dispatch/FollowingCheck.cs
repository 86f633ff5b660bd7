using System.Reflection;
using Phoenix.Model;
using Phoenix.Subscribing;
using Phoenix.Transactions;

namespace Phoenix.Dispatch;

/// <summary>
/// What the rules let follow from a decision has a handler: a timer sends a command of its own aggregate, a send one of an aggregate of
/// this host, and so does a step of a transaction. A tag belongs to a subscription of this host. That every command of a contract has a
/// handler is <see cref="ContractCheck"/>'s part.
/// Where a rule passes the contract on as a type parameter nothing is known before it decides.
/// </summary>
internal static class FollowingCheck
{
    public static void Run(IReadOnlyCollection<Assembly> assemblies, IReadOnlyCollection<AggregateModel> aggregates, List<string> problems)
    {
        HashSet<Assembly> known = [.. assemblies, .. aggregates.Select(model => model.Contract.Assembly)];
        var contracts = aggregates.Select(model => model.Contract).ToHashSet();
        foreach (var model in aggregates)
        {
            var calls = GenericCalls.In(model.Type).Where(call => call.DeclaringType == typeof(Decision))
                .Select(call => (call.Name, Contracts: call.GetGenericArguments())).Distinct();
            foreach (var (name, arguments) in calls)
            {
                problems.AddRange(name is nameof(Decision.Tag) or nameof(Decision.Untag)
                    ? TagProblems(model, name, arguments[0], known)
                    : Problems(model, name, arguments, contracts).Distinct());
            }

            problems.AddRange((model.Saga?.Types ?? []).SelectMany(saga => StepProblems(saga, contracts)).Distinct());
        }
    }

    private static IEnumerable<string> TagProblems(AggregateModel model, string call, Type subscription, HashSet<Assembly> known)
    {
        if (subscription.IsGenericParameter) yield break;
        if (subscription.IsAbstract || subscription.GetCustomAttribute<SubscriptionAttribute>() is null)
            yield return $"{model.Type}: {call} names {subscription}, which is no subscription. Name a class with [Subscription(...)].";
        else if (!known.Contains(subscription.Assembly))
            yield return $"{model.Type}: {call} names {subscription}, which is not part of this host's domain. Load its assembly.";
    }

    /// <summary>The services that steps go to, each with a saga that has such a step.</summary>
    public static IReadOnlyDictionary<string, Type> ServicesOf(IReadOnlyCollection<AggregateModel> aggregates)
    {
        var contracts = aggregates.Select(model => model.Contract).ToHashSet();
        return aggregates.SelectMany(model => model.Saga?.Types ?? [])
            .SelectMany(saga => ForeignContracts(saga, contracts).Select(contract => (Service: ServiceAttribute.Of(contract), Saga: saga)))
            .Where(found => found.Service is not null).DistinctBy(found => found.Service)
            .ToDictionary(found => found.Service!, found => found.Saga);
    }

    private static IEnumerable<string> StepProblems(Type saga, HashSet<Type> contracts) => ForeignContracts(saga, contracts)
        .Where(contract => ServiceAttribute.Of(contract) is null)
        .Select(contract => $"{saga}: a step goes to {contract.Name}, which no aggregate of this host fulfils. "
            + "Load the assembly with its rules, or say with [Service(\"name\")] which other service has them.");

    private static IEnumerable<Type> ForeignContracts(Type saga, HashSet<Type> contracts) => GenericCalls.In(saga)
        .Where(call => call.DeclaringType == typeof(Saga) && call.Name == "Step").Select(call => call.GetGenericArguments()[0])
        .Where(contract => !contract.IsGenericParameter && !contracts.Contains(contract));

    private static IEnumerable<string> Problems(AggregateModel model, string call, Type[] arguments, HashSet<Type> contracts)
    {
        var (own, other) = call == nameof(Decision.ThenSend) ? (arguments.Skip(1).ToArray(), arguments[0]) : (arguments, null);
        foreach (var contract in own.Where(contract => !contract.IsGenericParameter && contract != model.Contract))
        {
            yield return $"{model.Type}: {call} is given a command of {contract.Name}; expected one of {model.Contract.Name}. "
                + "Send commands to other aggregates with ThenSend.";
        }

        if (other is { IsGenericParameter: false } && !contracts.Contains(other))
            yield return $"{model.Type}: {call} sends a command of {other.Name}, which no aggregate of this host fulfils. Load the assembly with its rules.";
    }
}
