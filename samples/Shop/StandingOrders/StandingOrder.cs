using System.Text.Json.Serialization;
using Phoenix.Model;
using Shop.Accounts;
using Shop.Transfers;

namespace Shop.StandingOrders;

/// <summary>
/// Pays by the clock: its timer starts a transfer in each period. The transfer belongs to the commit that counts it, and moves the money in
/// full or not at all.
/// </summary>
public sealed class StandingOrder : Aggregate<IStandingOrderGrain>
{
    private const string Timer = "pay";

    /// <summary>Whether it goes on; false before it was started.</summary>
    [JsonInclude] public bool IsRunning { get; private set; }

    /// <summary>How many transfers it has started.</summary>
    [JsonInclude] public int Paid { get; private set; }

    /// <summary>The account's id that pays.</summary>
    [JsonInclude] public string From { get; private set; } = "";

    /// <summary>The account's id that is paid.</summary>
    [JsonInclude] public string To { get; private set; } = "";

    /// <summary>How much each time.</summary>
    [JsonInclude] public decimal Amount { get; private set; }

    /// <summary>Why it does not run any more; null as long as nobody has stopped it.</summary>
    [JsonInclude] public string? StoppedBecause { get; private set; }

    /// <summary>Starts it, once.</summary>
    public Decision Handle(StartStandingOrder command) => this switch
    {
        { From.Length: > 0 } => Reject("already-started", "A standing order is started once; give another one an id of its own."),
        _ when command.Every < Decision.ShortestPeriod =>
        Reject("invalid-period", $"A period is at least {Decision.ShortestPeriod}; found {command.Every}."),
        _ => Money.Problem(command.Amount)
            ?? Accept(new StandingOrderStarted(command.From, command.To, command.Amount))
                .Every(command.Every, Timer, new PayStandingOrder()),
    };

    /// <summary>A period has passed: starts the next transfer. What becomes of that one does not stop the order.</summary>
    public Decision Handle(PayStandingOrder _, CommandContext context) => IsRunning
        ? Accept(new StandingOrderPaid(Paid + 1)).ThenSend($"{context.AggregateId}-{Paid + 1}", new Transfer(From, To, Amount))
        : Reject("not-running", "The standing order was not started, or is stopped.");

    /// <summary>Stops it.</summary>
    public Decision Handle(StopStandingOrder command) => IsRunning
        ? Accept(new StandingOrderStopped(command.Reason)).Cancel(Timer)
        : Reject("not-running", "The standing order was not started, or is stopped.");

    /// <summary>It runs.</summary>
    public void Apply(StandingOrderStarted @event) => (IsRunning, From, To, Amount) = (true, @event.From, @event.To, @event.Amount);

    /// <summary>One more is counted.</summary>
    public void Apply(StandingOrderPaid @event) => Paid = @event.Number;

    /// <summary>It does not run any more.</summary>
    public void Apply(StandingOrderStopped @event) => (IsRunning, StoppedBecause) = (false, @event.Reason);
}
