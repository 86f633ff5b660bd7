namespace Phoenix.Transactions;

/// <summary>How a transaction stands by its stored facts alone.</summary>
internal static class StoredStatus
{
    public static TransactionStatus Of(SagaState state)
    {
        if (state.Started is not { } started) return new() { State = TransactionState.NotStarted };
        if (state.Ended is { } ended)
        {
            return new()
            {
                State = ended.Completed ? TransactionState.Completed : TransactionState.Compensated,
                StartedAt = started.At, Code = ended.Code, Message = ended.Message, ReplyJson = ended.Reply, Steps = ended.Steps,
            };
        }

        var attention = Attention(state);
        return new()
        {
            State = attention is null ? TransactionState.Running : TransactionState.NeedsAttention,
            StartedAt = started.At, Code = attention?.Code, Message = attention?.Message,
        };
    }

    private static TransactionNeedsAttention? Attention(SagaState state)
    {
        TransactionNeedsAttention? attention = null;
        foreach (var fact in state.Facts)
        {
            if (fact.Name is "phoenix.transaction-resumed" or "phoenix.transaction-step-skipped") attention = null;
            else if (fact.Name is "phoenix.transaction-needs-attention") attention = (TransactionNeedsAttention)SagaState.Of(fact);
        }

        return attention;
    }
}
