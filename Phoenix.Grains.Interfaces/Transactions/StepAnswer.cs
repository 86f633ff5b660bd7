namespace Phoenix.Transactions;

/// <summary>What an aggregate said to a step. Silence, <c>busy</c> and <c>unavailable</c> are no answers.</summary>
internal abstract record StepAnswer
{
    /// <summary>Recorded for ever.</summary>
    /// <param name="ReplyJson">The reply value, or null.</param>
    /// <param name="IsReplyLeftOut">It has one, which did not fit the topic of answers and is not known here.</param>
    public sealed record Accepted(string? ReplyJson, bool IsReplyLeftOut = false) : StepAnswer;

    /// <summary>Recorded for ever.</summary>
    public sealed record Rejected(string Code, string Message) : StepAnswer;

    /// <summary>Recorded for ever: the id was closed before it was decided.</summary>
    public sealed record Closed : StepAnswer;

    /// <summary>Not recorded: the command or what decides it is faulty. The same id may be decided differently later.</summary>
    public sealed record Failed(string Code, string Message) : StepAnswer;
}
