using Phoenix.Model;

namespace Phoenix.Subscribing;

/// <summary>A command that a record becomes.</summary>
public sealed record IncomingCommand
{
    private IncomingCommand(string aggregate, string id, object command) => (Aggregate, Id, Command) = (aggregate, id, command);

    /// <summary>The logical name of the kind of aggregate.</summary>
    public string Aggregate { get; }

    /// <summary>The aggregate's id.</summary>
    public string Id { get; }

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
}
