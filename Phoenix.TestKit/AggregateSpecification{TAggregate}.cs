using System.Runtime.CompilerServices;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>
/// What is given, and then what is done. A specification never changes: each step returns a new one, so a common beginning can be kept in
/// a field and continued in many tests.
/// </summary>
/// <typeparam name="TAggregate">The aggregate under test.</typeparam>
public class AggregateSpecification<TAggregate> where TAggregate : Aggregate
{
    private readonly Scenario _scenario;

    internal AggregateSpecification(Scenario scenario) => _scenario = scenario;

    /// <summary>Events that have happened before, in order. Each goes through JSON as a stored event does.</summary>
    /// <exception cref="SpecificationException">An event does not survive JSON, or the aggregate cannot apply it.</exception>
    public AggregateSpecification<TAggregate> Given(params IEvent[] events)
    {
        ArgumentNullException.ThrowIfNull(events);
        return new(events.Aggregate(Continue(), Past.Add));
    }

    /// <summary>
    /// An event that was stored before, perhaps by an earlier build: it is read as a host reads it, through the aggregate's
    /// <see cref="Phoenix.Evolving.Evolution"/>.
    /// </summary>
    /// <param name="name">The name under which it is stored, with its version: <c>shop.account-opened</c>, <c>shop.account-opened_v2</c>.</param>
    /// <param name="json">The event as it is stored.</param>
    /// <exception cref="SpecificationException">No build that a host would start knows the name, or it cannot be read or applied.</exception>
    public AggregateSpecification<TAggregate> GivenStored(string name, string json)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(json);
        return new(Past.AddStored(Continue(), name, json));
    }

    /// <summary>
    /// A service that handlers take as a parameter. Without one, a <see cref="TimeProvider"/> that shows the specification's time is there.
    /// </summary>
    public AggregateSpecification<TAggregate> With<TService>(TService service) where TService : class =>
        Set(scenario => scenario with { Services = scenario.Services.SetItem(typeof(TService), service) });

    /// <summary>
    /// Sets the time of the following commands and queries. The default is 2026-01-01 00:00 UTC. Timers that are due by then are delivered,
    /// each at its time; one whose command is rejected is over.
    /// </summary>
    /// <exception cref="SpecificationException">A timer's handler failed.</exception>
    public PassedSpecification<TAggregate> At(DateTimeOffset time)
    {
        var delivered = new List<DecidedCommand>();
        return new(Timers.MoveOn(Continue(), time, delivered), delivered);
    }

    /// <summary>Lets time pass, as <see cref="At"/> does.</summary>
    /// <exception cref="SpecificationException">A timer's handler failed.</exception>
    public PassedSpecification<TAggregate> Advance(TimeSpan time) => At(Continue().Now + time);

    /// <summary>The aggregate's id. The default is <c>1</c>.</summary>
    /// <exception cref="SpecificationException">No host would take the id.</exception>
    public AggregateSpecification<TAggregate> WithId(string id) => AggregateId.Problem(id) is { } problem
        ? throw new SpecificationException(problem)
        : Set(scenario => scenario with { AggregateId = id });

    /// <summary>Who sends the following commands, or null for nobody known (default).</summary>
    public AggregateSpecification<TAggregate> SentBy(string? principal) => Set(scenario => scenario with { Principal = principal });

    /// <summary>The correlation id of the following commands, or null (default).</summary>
    public AggregateSpecification<TAggregate> CorrelatedBy(string? correlationId) => Set(scenario => scenario with { CorrelationId = correlationId });

    /// <summary>Adds a header to the following commands.</summary>
    public AggregateSpecification<TAggregate> WithHeader(string name, string value) =>
        Set(scenario => scenario with { Headers = scenario.Headers.SetItem(name, value) });

    /// <summary>How long a handler may take, in real time. The default is 10 s, as in a host.</summary>
    public AggregateSpecification<TAggregate> WithTimeLimit(TimeSpan limit) => Set(scenario => scenario with { TimeLimit = limit });

    /// <summary>
    /// The condition holds for the state, read from its JSON as from a snapshot. The condition's text appears in the error.
    /// </summary>
    /// <exception cref="SpecificationException">It does not.</exception>
    public virtual AggregateSpecification<TAggregate> ThenState(
        Func<TAggregate, bool> condition, [CallerArgumentExpression(nameof(condition))] string? conditionText = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var scenario = Continue();
        return condition((TAggregate)scenario.Restore())
            ? this
            : throw new SpecificationException($"Expected: a state for which {conditionText}\nFound, version {scenario.Version}: {Text.Of(scenario.State)}");
    }

    /// <summary>Hands the state to assertions of a test framework.</summary>
    public virtual AggregateSpecification<TAggregate> ThenState(Action<TAggregate> assertions)
    {
        ArgumentNullException.ThrowIfNull(assertions);
        assertions((TAggregate)Continue().Restore());
        return this;
    }

    internal virtual Scenario Continue() => _scenario;

    private AggregateSpecification<TAggregate> Set(Func<Scenario, Scenario> change) => new(change(Continue()));
}
