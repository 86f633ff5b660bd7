using System.Collections.Concurrent;
using Phoenix.Dispatch;
using Phoenix.Evolving;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>
/// Given / when / then for aggregates, in memory and for any test framework.
/// <code>
/// AggregateSpecification.For&lt;Account&gt;()
///     .Given(new AccountOpened("Ann"))
///     .When(new Deposit(5))
///     .ThenEvents(new MoneyDeposited(5))
///     .ThenState(account => account.Balance == 5);
/// </code>
/// </summary>
public static class AggregateSpecification
{
    /// <summary>Starts a specification of an aggregate in its initial state.</summary>
    /// <exception cref="ModelException">The aggregate would not pass the checks of a host; the message lists all mistakes.</exception>
    public static AggregateSpecification<TAggregate> For<TAggregate>() where TAggregate : Aggregate => new(Scenario.Of(Models<TAggregate>.Model.Value));

    private static class Models<TAggregate>
    {
        public static readonly Lazy<AggregateModel> Model = new(() => AggregateModel.Of(typeof(TAggregate)));
    }

    /// <summary>How stored events of this aggregate are read, by the classes of its assembly.</summary>
    /// <exception cref="ModelException">A host would refuse them; the message lists all mistakes.</exception>
    internal static (AggregateModel Model, EventEvolution Evolution) EvolutionOf(Type aggregate) => Evolutions.GetOrAdd(aggregate, static type =>
    {
        var problems = new List<string>();
        // Those of others in the assembly are read, too: they may be about events that this one applies as well.
        var types = type.Assembly.GetTypes();
        var others = types.Where(EvolutionScan.IsEvolution).Select(other => AggregateContract.ArgumentOf(other, typeof(Evolution<>))!);
        AggregateModel[] models = [.. others.Append(type).Distinct().Select(one => AggregateModel.Of(one))];
        var evolution = EvolutionScan.Of(types, models, problems);
        if (problems.Count > 0) throw ModelProblems.AsException(problems);
        return (models.Single(model => model.Type == type), evolution);
    });

    private static readonly ConcurrentDictionary<Type, (AggregateModel Model, EventEvolution Evolution)> Evolutions = new();
}
