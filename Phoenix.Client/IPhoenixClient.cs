using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Client;

/// <summary>
/// Sends commands and queries to aggregates over Kafka, from outside the cluster, by logical names. Typed calls are the extension methods
/// of
/// <see cref="PhoenixClientExtensions"/>. Get one with <c>services.AddPhoenixClient(...)</c>; it is a singleton and safe for concurrent
/// use.
/// </summary>
public interface IPhoenixClient
{
    /// <summary>
    /// Ends when replies can be received. Nobody has to wait for it, requests do so themselves; it tells health checks whether the broker
    /// was reached. Connecting is tried for ever. After the reply topic was lost (deleted, or made anew) this is another task, which ends
    /// when there is one again.
    /// </summary>
    Task Ready { get; }

    /// <summary>
    /// Hands a command over durably: the task ends when the broker has acknowledged it on all in-sync replicas. It will be decided,
    /// whatever becomes of this process (guarantee 6); nobody waits for the outcome.
    /// </summary>
    /// <param name="aggregate">The aggregate's logical name, for example <c>shop.account</c>.</param>
    /// <param name="aggregateId">The aggregate's id, 1 to 200 bytes of UTF-8.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellation">Ends the waiting; the command may have been sent.</param>
    /// <returns>The command's id.</returns>
    /// <exception cref="ArgumentException">A name, an id or a header is not as <c>docs/wire.md</c> says; nothing was sent.</exception>
    /// <exception cref="UnavailableException">The broker could not be reached; nothing was sent.</exception>
    /// <exception cref="OutcomeUnknownException">The acknowledgement did not come; sending again with the same id is safe.</exception>
    Task<string> SendAsync(string aggregate, string aggregateId, CommandMessage command, CancellationToken cancellation = default);

    /// <summary>
    /// Sends a command and waits for its outcome: 1. waits for a place among <see cref="PhoenixClientOptions.MaxInFlight"/>, 2. hands the
    /// command over durably, 3. waits for the reply; when it does not come in time, again from 2 with the same id,
    /// <see cref="RequestOptions.Attempts"/> times in all.
    /// </summary>
    /// <returns>The recorded outcome; a rejection is an outcome too.</returns>
    /// <exception cref="ArgumentException">A name, an id or a header is not as <c>docs/wire.md</c> says; nothing was sent.</exception>
    /// <exception cref="CommandFailedException">The command is faulty or its handler failed; no effect.</exception>
    /// <exception cref="CommandIdReusedException">The id was used for another command.</exception>
    /// <exception cref="AggregateBrokenException">The aggregate's stored events cannot be read or applied.</exception>
    /// <exception cref="UnavailableException">The broker could not be reached; nothing was sent.</exception>
    /// <exception cref="OutcomeUnknownException">No reply came in time, or the client was disposed meanwhile; sending again with the same
    /// id is safe.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting; the command may take effect.</exception>
    Task<Outcome> RequestAsync(
        string aggregate, string aggregateId, CommandMessage command, RequestOptions? options = null, CancellationToken cancellation = default);

    /// <summary>
    /// Starts a transaction and waits for its end, in the steps of <see cref="RequestAsync"/>. The end is told by whichever silo runs the
    /// transaction then, also after the one that took the start has died. Give a time-out that suits the transaction.
    /// </summary>
    /// <returns>How it ended, without its steps; <see cref="TransactionState.NotStarted"/> with code and message when the start was
    /// rejected.</returns>
    /// <exception cref="ArgumentException">A name, an id or a header is not as <c>docs/wire.md</c> says; nothing was sent.</exception>
    /// <exception cref="CommandFailedException">The command is faulty, or what it names is no transaction; no effect.</exception>
    /// <exception cref="CommandIdReusedException">The id was used for another command.</exception>
    /// <exception cref="UnavailableException">The broker could not be reached; nothing was sent.</exception>
    /// <exception cref="OutcomeUnknownException">The end did not come in time; the transaction goes on. The same id again waits for the
    /// same end.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting; the transaction goes on.</exception>
    Task<TransactionStatus> RunAsync(
        string transaction, string transactionId, CommandMessage start, RequestOptions? options = null,
        CancellationToken cancellation = default);

    /// <summary>
    /// Asks a query; it is answered at its place among the commands of the aggregate that were sent before it (guarantee 11).
    /// </summary>
    /// <exception cref="ArgumentException">A name or an id is not as <c>docs/wire.md</c> says; nothing was sent.</exception>
    /// <exception cref="CommandFailedException">The query is faulty or its handler failed.</exception>
    /// <exception cref="AggregateBrokenException">The aggregate's stored events cannot be read or applied.</exception>
    /// <exception cref="UnavailableException">No answer came in time. A query changes nothing: ask again.</exception>
    Task<QueryAnswer> QueryAsync(
        string aggregate, string aggregateId, QueryMessage query, RequestOptions? options = null, CancellationToken cancellation = default);
}
