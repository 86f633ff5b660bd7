using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>What follows from a decision: timers and commands to other aggregates.</summary>
/// <remarks>
/// Time that is moved on by <c>Advance</c> or <c>At</c> delivers the timers that are due, so that their effect is seen with
/// <c>ThenState</c>.
/// </remarks>
public static class DecidedSpecificationExtensions
{
    /// <summary>A timer of this name is set, for this time from now, with this command; compared by type and JSON.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public static DecidedSpecification<TAggregate> ThenTimer<TAggregate, TContract>(
        this DecidedSpecification<TAggregate> specification, string name, TimeSpan time, ICommand<TContract> command)
        where TAggregate : Aggregate<TContract> where TContract : IAggregateGrain =>
        Expect(specification, new SetTimer(name, time, null, null, command));

    /// <summary>A timer of this name is set, for this point in time, with this command.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public static DecidedSpecification<TAggregate> ThenTimer<TAggregate, TContract>(
        this DecidedSpecification<TAggregate> specification, string name, DateTimeOffset time, ICommand<TContract> command)
        where TAggregate : Aggregate<TContract> where TContract : IAggregateGrain =>
        Expect(specification, new SetTimer(name, TimeSpan.Zero, time, null, command));

    /// <summary>A timer of this name is set that repeats with this period.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public static DecidedSpecification<TAggregate> ThenEvery<TAggregate, TContract>(
        this DecidedSpecification<TAggregate> specification, string name, TimeSpan period, ICommand<TContract> command)
        where TAggregate : Aggregate<TContract> where TContract : IAggregateGrain =>
        Expect(specification, new SetTimer(name, period, null, period, command));

    /// <summary>The timer of this name is cancelled.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public static DecidedSpecification<TAggregate> ThenCancelled<TAggregate>(this DecidedSpecification<TAggregate> specification, string name) where TAggregate : Aggregate =>
        Expect(specification, new CancelTimer(name));

    /// <summary>This command is sent to this aggregate.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public static DecidedSpecification<TAggregate> ThenSent<TAggregate, TContract>(
        this DecidedSpecification<TAggregate> specification, string id, ICommand<TContract> command)
        where TAggregate : Aggregate where TContract : IAggregateGrain =>
        Expect(specification, new SendCommand(ContractNames.Of(typeof(TContract)), id, command));

    /// <summary>This command is sent to this aggregate, and a rejection is told back by that one.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public static DecidedSpecification<TAggregate> ThenSent<TAggregate, TContract, TOwn>(
        this DecidedSpecification<TAggregate> specification, string id, ICommand<TContract> command, ICommand<TOwn> ifRejected)
        where TAggregate : Aggregate<TOwn> where TContract : IAggregateGrain where TOwn : IAggregateGrain =>
        Expect(specification, new SendCommand(ContractNames.Of(typeof(TContract)), id, command, ifRejected));

    /// <summary>No timer is set or cancelled, no tag changes, and nothing is sent.</summary>
    /// <exception cref="SpecificationException">Something follows; the message tells what.</exception>
    public static DecidedSpecification<TAggregate> ThenNothingFollows<TAggregate>(this DecidedSpecification<TAggregate> specification) where TAggregate : Aggregate
    {
        ArgumentNullException.ThrowIfNull(specification);
        return specification.Followings.Count == 0 ? specification : throw specification.Error("nothing follows", specification.Followings.Select(Timers.Shown));
    }

    internal static DecidedSpecification<TAggregate> Expect<TAggregate>(DecidedSpecification<TAggregate> specification, Following expected) where TAggregate : Aggregate
    {
        ArgumentNullException.ThrowIfNull(specification);
        return specification.Followings.Any(following => Timers.IsSame(following, expected))
            ? specification
            : throw specification.Error($"it is followed by\n  {Timers.Shown(expected)}", specification.Followings.Select(Timers.Shown).DefaultIfEmpty("nothing follows"));
    }
}
