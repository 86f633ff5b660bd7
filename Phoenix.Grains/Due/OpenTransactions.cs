using Phoenix.EventStore;
using Phoenix.Transactions;

namespace Phoenix.Due;

/// <summary>How storage tells transactions that have not ended, and those that need attention.</summary>
internal static class OpenTransactions
{
    /// <summary>They have a timer that wakes them, from the commit of the start to that of the end.</summary>
    public static WaitingKind Kind { get; } = new(
        "transactions", WakeTransaction.TimerName, "phoenix.transaction-needs-attention",
        ["phoenix.transaction-resumed", "phoenix.transaction-step-skipped"]);
}
