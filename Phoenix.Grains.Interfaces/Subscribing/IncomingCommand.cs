using Phoenix.Model;

namespace Phoenix.Subscribing;

/// <summary>A command that a record becomes.</summary>
public sealed record IncomingCommand
{
    private IncomingCommand(string aggregate, string id, object command) => (Aggregate, Id, Command) = (aggregate, id, command);

    /// <summary>The logical name of the kind of aggregate.</summary>
    public string Aggregate { get; }

    /// <summary>The aggregate's id; empty when it goes to all behind a <see cref="Tag"/>.</summary>
    public string Id { get; }

    /// <summary>
    /// The tag of the subscription behind which all aggregates of the kind get it, or behind which the one with the <see cref="Id"/> has to
    /// stand to get it; null for one aggregate whatever its tags.
    /// </summary>
    public string? Tag { get; private init; }

    /// <summary>The command.</summary>
    public object Command { get; }

    /// <summary>
    /// Ties together the messages of one business process. Default: the record's header <c>correlationid</c>, if it has one that fits.
    /// </summary>
    public string? CorrelationId { get; init; }

    /// <summary>A command to an aggregate, or the start of a transaction; its kind is that of the command.</summary>
    /// <param name="id">The id of the aggregate or transaction.</param>
    /// <param name="command">The command.</param>
    /// <exception cref="UnusableRecordException">It is no aggregate's id.</exception>
    /// <exception cref="ModelException">The command's contract has no name.</exception>
    public static IncomingCommand To<TContract>(string id, ICommand<TContract> command) where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(command);
        return AggregateId.Problem(id) is { } problem ? throw new UnusableRecordException(problem)
            : new(ContractNames.Of(typeof(TContract)), id, command);
    }

    /// <summary>
    /// A command to an aggregate if it stands behind a tag of the subscription, and else nothing: the aggregate filters by its own
    /// decisions what is for it.
    /// </summary>
    /// <param name="tag">The tag; see <see cref="TagName"/>.</param>
    /// <param name="id">The id of the aggregate.</param>
    /// <param name="command">The command.</param>
    /// <exception cref="UnusableRecordException">It is no tag, or no aggregate's id.</exception>
    /// <exception cref="ModelException">The command's contract has no name.</exception>
    public static IncomingCommand ToIfTagged<TContract>(string tag, string id, ICommand<TContract> command) where TContract : IAggregateGrain =>
        TagName.Problem(tag) is { } problem ? throw new UnusableRecordException(problem) : To(id, command) with { Tag = tag };

    /// <summary>A command to all aggregates of its kind that stand behind a tag of the subscription.</summary>
    /// <param name="tag">The tag; see <see cref="TagName"/>.</param>
    /// <param name="command">The command.</param>
    /// <exception cref="UnusableRecordException">It is no tag.</exception>
    /// <exception cref="ModelException">The command's contract has no name.</exception>
    public static IncomingCommand ToAll<TContract>(string tag, ICommand<TContract> command) where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(command);
        return TagName.Problem(tag) is { } problem ? throw new UnusableRecordException(problem)
            : new(ContractNames.Of(typeof(TContract)), "", command) { Tag = tag };
    }
}
