using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>What is done to an aggregate under test: the compiler checks that command or query and aggregate belong together.</summary>
public static class AggregateSpecificationExtensions
{
    /// <summary>
    /// Sends a command: 1. it goes through JSON, 2. its handler decides, 3. its events go through JSON and are applied. An asynchronous
    /// handler is waited for. Without <see cref="CommandOptions.CommandId"/> the id is <c>command-1</c>, <c>command-2</c> and so on.
    /// </summary>
    /// <exception cref="SpecificationException">
    /// No handler, the handler changed state, something does not survive JSON, an event has no Apply method, or the handler never returned.
    /// A handler that throws is a result: <see cref="DecidedSpecification{TAggregate}.ThenFails{TException}"/>.
    /// </exception>
    public static DecidedSpecification<TAggregate> When<TAggregate, TContract>(
        this AggregateSpecification<TAggregate> specification, ICommand<TContract> command, CommandOptions? options = null)
        where TAggregate : Aggregate<TContract>
        where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(command);
        return new(Rehearsal.Decide(specification.Continue(), command, options ?? CommandOptions.Default));
    }

    /// <summary>Asks a query; it goes through JSON, and so does its answer.</summary>
    /// <exception cref="SpecificationException">No handler, the handler threw or changed state, or something does not survive
    /// JSON.</exception>
    public static AnsweredSpecification<TAggregate, TAnswer> Ask<TAggregate, TContract, TAnswer>(
        this AggregateSpecification<TAggregate> specification, IQuery<TContract, TAnswer> query)
        where TAggregate : Aggregate<TContract>
        where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(query);
        var scenario = specification.Continue();
        return new(scenario, query, Rehearsal.Answer<TAnswer>(scenario, query));
    }
}
