namespace Phoenix.Transactions;

/// <summary>
/// Which step of which transaction a command is. It is told to the aggregate, and whoever asks to close an id proves by it that the id is
/// its own.
/// </summary>
/// <param name="Transaction">The transaction's stream id, such as <c>shop.transfer/t-1</c>.</param>
/// <param name="Name">The step's name.</param>
/// <param name="Phase">What of the step.</param>
/// <param name="Round">Which try, from 1.</param>
[GenerateSerializer, Immutable, Alias("phoenix.step-reference")]
public sealed record StepReference(
    [property: Id(0)] string Transaction, [property: Id(1)] string Name, [property: Id(2)] StepPhase Phase, [property: Id(3)] int Round)
{
    /// <summary>The name of the message that closes an id instead of having a command decided.</summary>
    internal const string CloseName = "phoenix.close";

    /// <summary>The command id that follows from it.</summary>
    internal string CommandId => StepId.Of(Transaction, Name, Phase, Round);
}

/// <summary>
/// Closes the id of a step that did not answer. If the id is known its recorded outcome is the answer; else the closing is recorded under
/// it, and whatever comes under it later is refused with <see cref="TransactionCodes.StepClosed"/>.
/// </summary>
internal sealed record CloseStep
{
    /// <summary>There is one way of closing.</summary>
    public static CloseStep Instance { get; } = new();
}
