using Phoenix.Messages;

namespace Phoenix;

/// <summary>
/// The address of one aggregate; its key is the aggregate's id. Each kind has an interface of its own, its contract:
/// <c>[Aggregate("shop.account")] public interface IAccountGrain : IAggregateGrain;</c>. Typed calls are the extension methods of
/// <see cref="AggregateGrainExtensions"/>.
/// </summary>
[Alias("phoenix.IAggregateGrain")]
public interface IAggregateGrain : IGrainWithStringKey
{
    /// <summary>
    /// 1. looks for the id's recorded outcome, 2. decides on the latest state, 3. commits events and outcome in one transaction, checked
    /// against the aggregate's version (on a conflict: reload and again from 2, at most five times), 4. answers (guarantees 1 to 5).
    /// </summary>
    /// <exception cref="CommandFailedException">The command is faulty or its handler failed; no effect.</exception>
    /// <exception cref="CommandIdReusedException">The id was used for another command.</exception>
    /// <exception cref="AggregateBrokenException">The aggregate's stored events cannot be read or applied.</exception>
    /// <exception cref="BusyException">Too much is waiting; no effect; send it again after the pause it names.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached; no effect; safe to send again.</exception>
    /// <exception cref="OutcomeUnknownException">The end of the commit could not be learned; safe to send again with the same
    /// id.</exception>
    [Alias("Execute")]
    Task<Outcome> Execute(CommandMessage command);

    /// <summary>Answers from committed state, at the query's place among the commands that arrived before it (guarantee 11).</summary>
    /// <exception cref="CommandException">As for <see cref="Execute"/>.</exception>
    [Alias("Query")]
    Task<QueryAnswer> Query(QueryMessage query);

    /// <summary>Events after the version <paramref name="after"/>, at most <paramref name="limit"/> (1 to 1,000).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not 1 to 1,000, or the version is negative.</exception>
    [Alias("History")]
    Task<HistoryPage> History(long after = 0, int limit = 100);

    /// <summary>The state as it was, rebuilt from the log.</summary>
    [Alias("StateAt")]
    Task<StateView> StateAt(Moment moment);

    /// <summary>
    /// Decides the command on a clone of the state as it was at the moment; nothing is stored, and other commands do not wait for it.
    /// </summary>
    [Alias("Trial")]
    Task<TrialResult> Trial(CommandMessage command, Moment moment);
}
