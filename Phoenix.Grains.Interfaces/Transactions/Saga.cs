using System.Text.Json;
using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// The definition of one kind of transaction: which aggregates do what, and how it is undone when one of them says no. A subclass is plain
/// C# with one method
/// <c>Plan Handle(TCommand start)</c>, static or not, for each command that starts it. The method is a pure function of the command: it
/// runs again whenever the transaction is taken up after a crash, and must give the same plan.
/// Where the steps depend on what became of others it is dynamic: <c>Next Handle(TCommand start)</c> gives the first steps, and
/// <c>Next On(StepOutcome outcome)</c> what follows from each outcome. Its fields then follow from the start and the outcomes alone: a new
/// object is told the same again.
/// </summary>
/// <remarks>
/// A saga is not isolated: between its first and last step others see, and may change, what it has done so far (guarantee 9 promises that
/// it ends, in full or undone). A step with
/// <see cref="Step{TAggregate}.Confirm(ICommand{TAggregate})"/> and <see cref="Step{TAggregate}.Cancel(ICommand{TAggregate})"/> only
/// reserves until all is decided (TCC).
/// </remarks>
/// <typeparam name="TContract">The grain interface that callers use, named with <see cref="TransactionAttribute"/>.</typeparam>
public abstract class Saga<TContract> : Saga where TContract : ITransactionGrain;

/// <summary>The base of every saga; derive from <see cref="Saga{TContract}"/>.</summary>
public abstract class Saga
{
    private protected Saga() { }

    /// <summary>The plan: these steps one after the other.</summary>
    /// <exception cref="ModelException">There is no step, or something about them cannot be; the message says what.</exception>
    protected static Plan InOrder(params IReadOnlyList<Stage> stages) => new(stages);

    /// <summary>Steps that are taken at the same time; the next stage begins when all are accepted.</summary>
    /// <exception cref="ModelException">There is no step.</exception>
    protected static Stage Together(params IEnumerable<Step> steps) => new([.. steps]);

    /// <summary>Of a dynamic transaction: nothing new; steps that are under way are waited for.</summary>
    protected static Next Wait() => Next.Nothing;

    /// <summary>Of a dynamic transaction: it is completed. Nothing may be under way any more. What was tried is confirmed.</summary>
    /// <param name="reply">What the starter gets back, or null.</param>
    protected static Next Completed(object? reply = null) => Next.Of(new(
        true, reply is null ? null : JsonSerializer.Serialize(reply, reply.GetType(), PhoenixJson.State), null, null));

    /// <summary>
    /// Of a dynamic transaction: it fails. What has not answered is closed, and what was done is undone, the last steps first.
    /// </summary>
    /// <param name="code">1 to 64 lower-case letters, digits or dashes; not beginning with <c>phoenix-</c>.</param>
    /// <param name="message">The same for people.</param>
    /// <exception cref="ArgumentException">The code is none.</exception>
    protected static Next Failed(string code, string message)
    {
        var rejection = Decision.Rejected(code, message).Rejection!;
        return Next.Of(new(false, null, rejection.Code, rejection.Message));
    }

    /// <summary>Of a dynamic transaction: it fails because of a step that was not done, with its code and message.</summary>
    /// <exception cref="ArgumentException">The step was accepted.</exception>
    protected static Next Failed(StepOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Code is { } code
            ? Next.Of(new(false, null, code, outcome.Message))
            : throw new ArgumentException($"The step '{outcome.Step}' was accepted: say Failed(code, message).", nameof(outcome));
    }

    /// <summary>A step: a command to one aggregate.</summary>
    /// <param name="name">Unique within the plan, and the same whenever the plan is made: ids of commands come from it. 1 to 64 bytes of
    /// UTF-8 without control characters.</param>
    /// <param name="aggregateId">The aggregate's id.</param>
    /// <param name="command">What it is asked to do.</param>
    protected static Step<TAggregate> Step<TAggregate>(string name, string aggregateId, ICommand<TAggregate> command) where TAggregate : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(command);
        return new(name, aggregateId, command);
    }

    /// <summary>A step whose command depends on what earlier stages replied.</summary>
    /// <param name="name">Unique within the plan, and the same whenever the plan is made.</param>
    /// <param name="aggregateId">The aggregate's id.</param>
    /// <param name="command">What it is asked to do: a pure function of the replies of earlier stages.</param>
    protected static Step<TAggregate> Step<TAggregate>(string name, string aggregateId, Func<Replies, ICommand<TAggregate>> command)
        where TAggregate : IAggregateGrain =>
        new(name, aggregateId, command);
}
