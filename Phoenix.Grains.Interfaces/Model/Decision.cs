namespace Phoenix.Model;

/// <summary>What a <c>Handle</c> method decided: events to store, or a rejection.</summary>
public sealed partial class Decision
{
    private Decision(IReadOnlyList<IEvent> events, object? reply, Rejection? rejection)
    {
        Events = events;
        Reply = reply;
        Rejection = rejection;
    }

    /// <summary>The events of an accepted command, in order; empty for a rejection.</summary>
    public IReadOnlyList<IEvent> Events { get; }

    /// <summary>What the caller gets back besides the outcome, or null. Stored with the outcome, so a repeat gets the same value.</summary>
    public object? Reply { get; }

    /// <summary>Why the command was rejected, or null when it was accepted.</summary>
    public Rejection? Rejection { get; }

    /// <summary>An acceptance with these events.</summary>
    /// <exception cref="ArgumentException">One of the events is null.</exception>
    public static Decision Accepted(IReadOnlyList<IEvent> events, object? reply)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (events.Contains(null!)) throw new ArgumentException("A decision holds a null event; every event must be an object.", nameof(events));
        return new(events, reply, null);
    }

    /// <summary>A rejection with this code and message.</summary>
    /// <exception cref="ArgumentException">The code is not 1 to 64 lower-case letters, digits or dashes, or begins with <c>phoenix-</c>,
    /// which is ours.</exception>
    public static Decision Rejected(string code, string message) => code?.StartsWith("phoenix-", StringComparison.Ordinal) == true
        ? throw new ArgumentException($"Codes that begin with 'phoenix-' are the framework's own; found '{code}'.", nameof(code))
        : new([], null, new Rejection(code!, message));

    /// <summary>What is recorded under the id of a step that is closed.</summary>
    internal static Decision Closed { get; } = new([], null, new Rejection(
        Phoenix.Transactions.TransactionCodes.StepClosed, "The transaction closed this step before it was decided; it will never take effect."));

    /// <summary>The same acceptance with a reply value for the caller; it must be serialisable as JSON.</summary>
    public Decision WithReply(object reply) => Rejection is null
        ? new(Events, reply, null) { Followings = Followings }
        : throw new InvalidOperationException("A rejection carries a code and a message, not a reply value.");
}
