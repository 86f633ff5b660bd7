using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>A step at an aggregate of this contract.</summary>
/// <typeparam name="TAggregate">The aggregate's contract.</typeparam>
public sealed record Step<TAggregate> : Step where TAggregate : IAggregateGrain
{
    internal Step(string name, string aggregateId, ICommand<TAggregate> command) : this(name, aggregateId, _ => command) =>
        KnownCommands = [command];

    internal Step(string name, string aggregateId, Func<Replies, ICommand<TAggregate>> command)
        : base(name, aggregateId, typeof(TAggregate))
    {
        ArgumentNullException.ThrowIfNull(command);
        Command = command;
    }

    private Func<Replies, ICommand<TAggregate>> Command { get; }
    private Func<Replies, ICommand<TAggregate>>? UndoCommand { get; init; }
    private Func<Replies, ICommand<TAggregate>>? ConfirmCommand { get; init; }
    private Func<Replies, ICommand<TAggregate>>? CancelCommand { get; init; }

    internal override bool HasUndo => UndoCommand is not null;
    internal override bool HasConfirm => ConfirmCommand is not null;
    internal override bool HasCancel => CancelCommand is not null;

    /// <summary>
    /// What takes the step back when a later one is rejected. It goes to the same aggregate, and only if the step was accepted.
    /// </summary>
    public Step<TAggregate> Undo(ICommand<TAggregate> command) =>
        Undo(Always(command)) with { KnownCommands = [.. KnownCommands, command] };

    /// <summary>What takes the step back: a pure function of the replies so far, the step's own among them.</summary>
    public Step<TAggregate> Undo(Func<Replies, ICommand<TAggregate>> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return this with { UndoCommand = command };
    }

    /// <summary>
    /// Makes the step a try (TCC): it only reserves, and this makes it final. It goes to the same aggregate, once every step is accepted,
    /// or the pivot if there is one: from then on nothing is taken back. Comes with <see cref="Cancel(ICommand{TAggregate})"/>.
    /// </summary>
    public Step<TAggregate> Confirm(ICommand<TAggregate> command) =>
        Confirm(Always(command)) with { KnownCommands = [.. KnownCommands, command] };

    /// <summary>What makes the try final: a pure function of the replies of all steps, up to the pivot if there is one.</summary>
    public Step<TAggregate> Confirm(Func<Replies, ICommand<TAggregate>> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return this with { ConfirmCommand = command };
    }

    /// <summary>
    /// What gives back that which the try reserved, when another step is rejected. It goes to the same aggregate, and only if the try was
    /// accepted.
    /// </summary>
    public Step<TAggregate> Cancel(ICommand<TAggregate> command) =>
        Cancel(Always(command)) with { KnownCommands = [.. KnownCommands, command] };

    /// <summary>What gives back that which the try reserved: a pure function of the replies so far, the try's own among them.</summary>
    public Step<TAggregate> Cancel(Func<Replies, ICommand<TAggregate>> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return this with { CancelCommand = command };
    }

    /// <summary>The step needs no undo: it only looked, or what it did may stay.</summary>
    public Step<TAggregate> NothingToUndo() => this with { HasNothingToUndo = true };

    /// <summary>
    /// The point of no return: once it is accepted, the transaction only goes forward, and the steps after it need no undo. It stands alone
    /// in its stage.
    /// </summary>
    public Step<TAggregate> Pivot() => this with { IsPivot = true };

    /// <summary>
    /// How many answers a step gets before it counts as rejected, and its undo or cancel, or its confirm, before the transaction needs
    /// attention: default 5, 10 and 10; a step after the pivot without limit. Silence is no answer: what cannot be reached is asked again,
    /// a step until its time limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1.</exception>
    public Step<TAggregate> Attempts(
        int doing = DefaultDoAttempts, int undoing = DefaultUndoAttempts, int confirming = DefaultConfirmAttempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(doing, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(undoing, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(confirming, 1);
        return this with { DoAttempts = doing, UndoAttempts = undoing, ConfirmAttempts = confirming };
    }

    /// <summary>Rejections with these codes are worth another try, each under a new command id; others are final at once.</summary>
    public Step<TAggregate> RetryOn(params IReadOnlyList<string> codes) => this with { RetriedCodes = codes };

    /// <summary>The wait between tries. Default <see cref="Transactions.BackOff.Default"/>.</summary>
    public Step<TAggregate> BackOff(BackOff wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return this with { Wait = wait };
    }

    /// <summary>
    /// How long the step may take; after that it is closed, and the transaction undone. Default: only the time limit of the whole.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above zero.</exception>
    public Step<TAggregate> Within(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return this with { Limit = limit };
    }

    internal override object CommandOf(StepPhase phase, Replies replies)
    {
        var command = phase switch
        {
            StepPhase.Do => Command,
            StepPhase.Undo => UndoCommand,
            StepPhase.Confirm => ConfirmCommand,
            _ => CancelCommand,
        };
        return command!(replies)
            ?? throw new ModelException(
                $"The step '{Name}' made no command to {phase.ToString().ToLowerInvariant()} it: its function returned null.");
    }

    private static Func<Replies, ICommand<TAggregate>> Always(ICommand<TAggregate> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return _ => command;
    }
}
