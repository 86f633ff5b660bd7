using System.Runtime.CompilerServices;
using System.Text.Json;
using Phoenix.Json;
using Phoenix.Model;
using Phoenix.Subscribing;

namespace Phoenix.TestKit;

/// <summary>
/// What became of a command. Continue with another <c>When</c> to send the next one to the resulting state; a rejection or failure in
/// between must have been expected with <see cref="ThenRejected"/> or <see cref="ThenFails{TException}"/>.
/// </summary>
/// <typeparam name="TAggregate">The aggregate under test.</typeparam>
public sealed class DecidedSpecification<TAggregate> : AggregateSpecification<TAggregate> where TAggregate : Aggregate
{
    private readonly DecidedCommand _decided;
    private readonly bool _expected;

    internal DecidedSpecification(DecidedCommand decided, bool expected = false) : base(decided.After) => (_decided, _expected) = (decided, expected);

    /// <summary>Accepted with exactly these events in this order; compared by type and JSON.</summary>
    /// <exception cref="SpecificationException">It was not.</exception>
    public DecidedSpecification<TAggregate> ThenEvents(params IEvent[] expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var differences = EventDifference.Between(expected, _decided.Events);
        return IsAccepted && differences.Count == 0
            ? this
            : throw _decided.Error($"it is accepted with{Text.Of(expected)}", IsAccepted ? differences : null);
    }

    /// <summary>
    /// Accepted, with exactly one event of this type, for which the condition (if any) holds. For events with members a test cannot know
    /// beforehand.
    /// </summary>
    /// <exception cref="SpecificationException">It was not. The condition's text appears in the message.</exception>
    public DecidedSpecification<TAggregate> ThenEvent<TEvent>(
        Func<TEvent, bool>? condition = null, [CallerArgumentExpression(nameof(condition))] string? conditionText = null) where TEvent : IEvent =>
        IsAccepted && _decided.Events.OfType<TEvent>().ToList() is [var single] && condition?.Invoke(single) != false
            ? this
            : throw _decided.Error($"it is accepted with one {typeof(TEvent).Name}{(condition is null ? "" : $" for which {conditionText}")}");

    /// <summary>Accepted, whatever the events.</summary>
    /// <exception cref="SpecificationException">It was rejected or failed.</exception>
    public DecidedSpecification<TAggregate> ThenAccepted() => IsAccepted ? this : throw _decided.Error("it is accepted");

    /// <summary>Accepted without any event.</summary>
    /// <exception cref="SpecificationException">There were events, or it was rejected or failed.</exception>
    public DecidedSpecification<TAggregate> ThenNothingHappened() =>
        IsAccepted && _decided.Events.Count == 0 ? this : throw _decided.Error("it is accepted without events");

    /// <summary>Rejected with this code and, if given, exactly this message.</summary>
    /// <exception cref="SpecificationException">It was not.</exception>
    public DecidedSpecification<TAggregate> ThenRejected(string code, string? message = null) =>
        _decided.Decision?.Rejection is { } rejection && rejection.Code == code && (message is null || rejection.Message == message)
            ? new(_decided, expected: true)
            : throw _decided.Error($"it is rejected with {code}{(message is null ? "" : $": {message}")}");

    /// <summary>The handler, or the <c>Apply</c> of an event it raised, threw this exception; nothing was stored.</summary>
    /// <exception cref="SpecificationException">It did not.</exception>
    public DecidedSpecification<TAggregate> ThenFails<TException>(
        Func<TException, bool>? condition = null, [CallerArgumentExpression(nameof(condition))] string? conditionText = null) where TException : Exception =>
        _decided.Failure is TException failure && condition?.Invoke(failure) != false
            ? new(_decided, expected: true)
            : throw _decided.Error($"it fails with {typeof(TException)}{(condition is null ? "" : $" for which {conditionText}")}");

    /// <summary>This tag of the subscription is taken.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public DecidedSpecification<TAggregate> ThenTagged<TSubscription>(string tag) where TSubscription : Subscription =>
        DecidedSpecificationExtensions.Expect(this, Decision.Tagging<TSubscription>(tag, true));

    /// <summary>This tag of the subscription is left.</summary>
    /// <exception cref="SpecificationException">It is not; the message tells what follows instead.</exception>
    public DecidedSpecification<TAggregate> ThenUntagged<TSubscription>(string tag) where TSubscription : Subscription =>
        DecidedSpecificationExtensions.Expect(this, Decision.Tagging<TSubscription>(tag, false));

    /// <summary>The reply is this value; compared as JSON.</summary>
    /// <exception cref="SpecificationException">It is not, or the command was not accepted.</exception>
    public DecidedSpecification<TAggregate> ThenReply<TReply>(TReply expected)
    {
        var differences = JsonDifference.Between(Text.AsElement(expected), Text.AsElement(_decided.Decision?.Reply), "reply");
        return IsAccepted && differences.Count == 0
            ? this
            : throw _decided.Error($"the reply {Text.JsonOf(expected)}", IsAccepted ? differences : null);
    }

    /// <summary>
    /// The condition holds for the reply, read from its JSON as a caller does. Name the type:
    /// <c>ThenReply&lt;Receipt&gt;(receipt => ...)</c>.
    /// </summary>
    /// <exception cref="SpecificationException">It does not, or there is no such reply.</exception>
    public DecidedSpecification<TAggregate> ThenReply<TReply>(
        Func<TReply, bool> condition, [CallerArgumentExpression(nameof(condition))] string? conditionText = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var reply = _decided.Decision?.Reply;
        return reply is not null && condition(Text.AsElement(reply).Deserialize<TReply>(PhoenixJson.State)!)
            ? this
            : throw _decided.Error($"a reply for which {conditionText}", [$"reply found: {Text.JsonOf(reply)}"]);
    }

    /// <inheritdoc/>
    public override DecidedSpecification<TAggregate> ThenState(
        Func<TAggregate, bool> condition, [CallerArgumentExpression(nameof(condition))] string? conditionText = null)
    {
        base.ThenState(condition, conditionText);
        return this;
    }

    /// <inheritdoc/>
    public override DecidedSpecification<TAggregate> ThenState(Action<TAggregate> assertions)
    {
        base.ThenState(assertions);
        return this;
    }

    internal IReadOnlyList<Following> Followings => _decided.Decision?.Followings ?? [];

    internal SpecificationException Error(string expectation, IEnumerable<string> followings) => _decided.Error(expectation, followings);

    private bool IsAccepted => _decided.Decision is { Rejection: null };

    internal override Scenario Continue() => IsAccepted || _expected
        ? base.Continue()
        : throw _decided.Error("it is accepted, since the specification goes on; say ThenRejected or ThenFails if this end is meant");
}
