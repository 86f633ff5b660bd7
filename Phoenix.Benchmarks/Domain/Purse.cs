using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>
/// Money that transfers move. Each begins with the same, so that all changes together are 0 once every transfer has ended; so is what is
/// held.
/// </summary>
public sealed class Purse : Aggregate<IPurseGrain>
{
    public const string Name = "bench.purse";

    /// <summary>What each has at first. The twin's accounts have as much.</summary>
    public const long Beginning = 1_000_000_000;

    [JsonInclude] public long Money { get; private set; } = Beginning;

    /// <summary>What is to go and cannot be spent on anything else; 0 or less.</summary>
    [JsonInclude] public long Held { get; private set; }

    public Decision Handle(MoveMoney command) => Problem(command.Amount) ?? Accept(new MoneyMoved(command.Amount, 0));

    public Decision Handle(HoldMoney command) => Problem(command.Amount) ?? Accept(new MoneyMoved(0, Going(command.Amount)));

    public Decision Handle(SettleMoney command) => NotHeld(command.Amount) ?? Accept(new MoneyMoved(command.Amount, -Going(command.Amount)));

    public Decision Handle(DropMoney command) => NotHeld(command.Amount) ?? Accept(new MoneyMoved(0, -Going(command.Amount)));

    public void Apply(MoneyMoved @event) => (Money, Held) = (Money + @event.Money, Held + @event.Held);

    private static long Going(long amount) => Math.Min(amount, 0);

    private Decision? Problem(long amount) =>
        Money + Held + amount >= 0 ? null : Reject("insufficient-funds", $"{Money} with {Held} held is not enough for {amount}.");

    private Decision? NotHeld(long amount) => Held <= Going(amount) ? null : Reject("not-held", $"{Held} is held, not {amount}.");
}
