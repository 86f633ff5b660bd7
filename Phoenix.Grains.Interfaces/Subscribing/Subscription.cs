using Phoenix.Model;

namespace Phoenix.Subscribing;

/// <summary>
/// Reads a topic that others write: each record becomes commands to aggregates, or starts of transactions, each with one effect (guarantee
/// 1). A subclass is plain C#, named with <see cref="SubscriptionAttribute"/>, with a public constructor without parameters. A host finds
/// it in the assemblies of its domain.
/// </summary>
/// <remarks>
/// A record is done, and its offset moves on, when all its commands have a recorded outcome; a rejection is one. A record that cannot be
/// converted, or has a command that fails for good, goes to the dead letters of the subscription, and the next ones go on (guarantees 6 and
/// 7). Commands to one aggregate keep the order of the partition.
/// A command may also go to all aggregates behind a tag, which they take and leave by their own decisions
/// (<see cref="Decision.Tag{TSubscription}"/>): who stood behind it before the record was read, and stayed, gets it once. One of them that
/// fails for good is a dead letter of its own. A command to one aggregate may also ask for a tag: it is for the aggregate only if that
/// stands behind it, which is looked up when the record is read.
/// </remarks>
public abstract class Subscription
{
    /// <summary>Most commands that one record may become: 1,000.</summary>
    public const int MaxCommands = 1_000;

    /// <summary>
    /// The commands of a record: none, one or more. It is pure: a record that comes again is converted again, on any silo, and must give
    /// the same commands in the same order, because their ids follow from the record's place and their order. No clock, no random numbers,
    /// no services, no waiting. Called by many threads at once.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <exception cref="UnusableRecordException">Thrown by the converter: the record is of no use, and why. Any other exception puts the
    /// record aside, too, without its words.</exception>
    public abstract IEnumerable<IncomingCommand> Convert(ForeignRecord record);

    /// <summary>
    /// What tells a message from all others of its topic, for senders that may write one again: its commands have one effect however many
    /// records it stands in. Default: null, each record is a message of its own. Of events that Phoenix publishes, it is the header
    /// <c>ce_id</c>. Pure, as <see cref="Convert"/>; two messages with one id are taken for the same.
    /// </summary>
    /// <param name="record">The record.</param>
    public virtual string? MessageId(ForeignRecord record) => null;

    /// <inheritdoc cref="IncomingCommand.To"/>
    protected static IncomingCommand To<TContract>(string id, ICommand<TContract> command) where TContract : IAggregateGrain =>
        IncomingCommand.To(id, command);

    /// <inheritdoc cref="IncomingCommand.ToIfTagged"/>
    protected static IncomingCommand ToIfTagged<TContract>(string tag, string id, ICommand<TContract> command) where TContract : IAggregateGrain =>
        IncomingCommand.ToIfTagged(tag, id, command);

    /// <inheritdoc cref="IncomingCommand.ToAll"/>
    protected static IncomingCommand ToAll<TContract>(string tag, ICommand<TContract> command) where TContract : IAggregateGrain =>
        IncomingCommand.ToAll(tag, command);
}
