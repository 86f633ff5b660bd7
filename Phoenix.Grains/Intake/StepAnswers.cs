namespace Phoenix.Intake;

/// <summary>Answers of other services to steps of a transaction, on the transaction's stream.</summary>
internal static class StepAnswers
{
    /// <summary>Their type; only a silo makes messages of it.</summary>
    public const string Type = "phoenix.step-answer";
}
