using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix;

/// <summary>
/// The address of one transaction. Each kind has an interface of its own, its contract:
/// <c>[Transaction("shop.transfer")] public interface ITransferGrain : ITransactionGrain;</c>
/// It is started like an aggregate is asked something, by any way that commands come: <c>grain.Execute(new Transfer(...))</c>. The outcome
/// says that it was started; it then goes on by itself, whatever becomes of the caller and of any silo, until it has ended in full or
/// undone (guarantee 9).
/// </summary>
[Alias("phoenix.ITransactionGrain")]
public interface ITransactionGrain : IAggregateGrain
{
    /// <summary>Waits for the end.</summary>
    /// <param name="limit">How long: up to 25 s.</param>
    /// <returns>How it stands: ended, or what it waits for when the limit has passed.</returns>
    [Alias("Wait")]
    Task<TransactionStatus> Wait(TimeSpan limit);

    /// <summary>How it stands now, with what its coordinator knows beyond what is stored.</summary>
    [Alias("Status")]
    Task<TransactionStatus> Status();

    /// <summary>
    /// Sets it going again after it needed attention: what was refused gets all its attempts once more.
    /// </summary>
    /// <exception cref="CommandFailedException">It does not need attention.</exception>
    [Alias("Resume")]
    Task<TransactionStatus> Resume();

    /// <summary>
    /// Turns it back: what has not answered is closed. It ends undone, unless every step was accepted before, or its pivot.
    /// </summary>
    /// <param name="reason">Why; stored, and told as the message of its end.</param>
    /// <exception cref="CommandFailedException">It has ended, its pivot is passed, or it is being confirmed.</exception>
    [Alias("TurnBack")]
    Task<TransactionStatus> TurnBack(string reason);

    /// <summary>
    /// Goes on without a step after the pivot, or without the undo, confirm or cancel of a step. Somebody has then set things right by
    /// hand. What is skipped is closed at its aggregate first, so that it cannot come later.
    /// </summary>
    /// <param name="step">The step's name.</param>
    /// <param name="phase">What to skip.</param>
    /// <param name="reason">Why; stored.</param>
    /// <exception cref="CommandFailedException">It has ended, has no such step, or what is to be skipped is not what it waits
    /// for.</exception>
    [Alias("Skip")]
    Task<TransactionStatus> Skip(string step, StepPhase phase, string reason);
}
