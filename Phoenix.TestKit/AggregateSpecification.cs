using Phoenix.Dispatch;
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
}
