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

    private const string TimerName = "phoenix.wake";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    public static Following Timer { get; } = new SetTimer(TimerName, Period, null, Period, new WakeTransaction());

    public static Following NoTimer { get; } = new CancelTimer(TimerName);
}
