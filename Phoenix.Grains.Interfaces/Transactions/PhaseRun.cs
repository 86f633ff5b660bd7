namespace Phoenix.Transactions;

/// <summary>What is known of one phase of a step: of doing it, confirming it, or taking it back.</summary>
internal sealed class PhaseRun
{
    /// <summary>The round whose command is sent now, from 1.</summary>
    public int Round { get; private set; } = 1;

    /// <summary>What was recorded under the round's id, as far as it is known.</summary>
    public StepAnswer? Answer { get; private set; }

    /// <summary>The last answer of any kind.</summary>
    public StepAnswer? Last { get; private set; }

    /// <summary>Faulty answers since this activation began.</summary>
    public int Failures { get; private set; }

    public bool IsSkipped { get; set; }

    /// <summary>Nothing more is asked. What is skipped is closed first, or it could still come.</summary>
    public bool IsOver => Answer is StepAnswer.Accepted || (IsSkipped && Answer is not null);

    public bool IsRetrying => Answer is null && (Failures > 0 || Round > 1);

    /// <summary>Rounds that count no more.</summary>
    public int Granted { get; private set; }

    /// <summary>Not before this time again.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>When this activation first asked.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <returns>False when it says nothing new.</returns>
    public bool Learn(int round, StepAnswer answer)
    {
        // Of an earlier round all is known: a later one was stored because it had been rejected.
        if (round != Round || Answer is not null) return false;
        Last = answer;
        if (answer is StepAnswer.Failed) Failures++;
        else Answer = answer;
        return true;
    }

    public void Begin(int round)
    {
        Round = round;
        Answer = null;
        Failures = 0;
    }

    /// <summary>An operator gives it all its attempts once more.</summary>
    public void Retry()
    {
        Granted = Round;
        Failures = 0;
        NotBefore = default;
        // Asked for again: the topic of answers may take it now.
        if (Answer is StepAnswer.Accepted { IsReplyLeftOut: true }) Answer = null;
    }
}
