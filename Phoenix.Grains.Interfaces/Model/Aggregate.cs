namespace Phoenix.Model;

/// <summary>
/// The state and the rules of one kind of aggregate. A subclass is plain C#: it holds state in properties, decides commands in
/// <c>Handle</c> methods, changes state in <c>Apply</c> methods and answers queries in <c>Answer</c> methods. It derives from
/// <see cref="Aggregate{TContract}"/> and needs a public constructor without parameters.
/// </summary>
/// <remarks>
/// <para><c>Decision Handle(TCommand command, ...)</c> looks at state and returns events or a rejection; it must not change state.
/// It may also return <c>Task&lt;Decision&gt;</c> or <c>ValueTask&lt;Decision&gt;</c>, and take, after the command, a
/// <see cref="CommandContext"/>, a <see cref="CancellationToken"/> and services from the container.</para>
/// <para><c>void Apply(TEvent event)</c> changes state; it must be pure and total, since it runs again at every replay.</para>
/// <para><c>TAnswer Answer(TQuery query, ...)</c> looks at state; nothing is stored. It may take a <see cref="QueryContext"/>.</para>
/// <para>State must survive a round trip through JSON (<see cref="PhoenixJson.State"/>), because snapshots are JSON: non-public
/// setters need <c>[JsonInclude]</c>. This is checked when a host starts.</para>
/// </remarks>
public abstract class Aggregate
{
    private protected Aggregate() { }

    /// <summary>
    /// Accepts the command; the events are stored in this order. No event at all is allowed: the acceptance is still recorded.
    /// </summary>
    protected static Decision Accept(params IEvent[] events) => Decision.Accepted(events, reply: null);

    /// <summary>
    /// Rejects the command for a reason of the business. The rejection is recorded: the same command id gets it again, for ever.
    /// </summary>
    /// <param name="code">A stable, machine-readable code such as <c>insufficient-funds</c>: lower-case letters, digits and dashes, up to
    /// 64 characters.</param>
    /// <param name="message">A sentence for people. It is stored and sent to the caller: leave secrets out.</param>
    protected static Decision Reject(string code, string message) => Decision.Rejected(code, message);
}

/// <summary>The rules behind a contract: they decide its commands and answer its queries.</summary>
/// <typeparam name="TContract">
/// The grain interface that callers use, named with <see cref="AggregateAttribute"/>. It stands with its commands and queries in an
/// assembly of its own, so that a caller carries no rules; the rules refer to it.
/// </typeparam>
public abstract class Aggregate<TContract> : Aggregate where TContract : IAggregateGrain;
