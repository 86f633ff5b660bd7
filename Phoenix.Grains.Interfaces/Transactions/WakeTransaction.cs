using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// Wakes a transaction whose coordinator may be lost: it comes by a timer that is set in the commit of the start and taken away in that of
/// the end. To send it changes nothing.
/// </summary>
[Command(Name)]
internal sealed record WakeTransaction
{
    public const string Name = "phoenix.wake-transaction";

    public const string TimerName = "phoenix.wake";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static Following Timer { get; } = new SetTimer(TimerName, Period, null, Period, new WakeTransaction());

    /// <summary>Of one that needs attention: once a day its silo says so again. The row tells operators that it has not ended.</summary>
    public static Following Reminder { get; } = new SetTimer(TimerName, Day, null, Day, new WakeTransaction());

    public static Following NoTimer { get; } = new CancelTimer(TimerName);
}
