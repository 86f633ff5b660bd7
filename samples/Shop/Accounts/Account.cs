using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>A customer's money account: opened once, never overdrawn, closed only when empty.</summary>
[Aggregate("shop.account")]
public sealed class Account : Aggregate
{
    /// <summary>Whether the account takes money.</summary>
    [JsonInclude] public AccountStatus Status { get; private set; }

    /// <summary>Who owns it; null before it is opened.</summary>
    [JsonInclude] public string? Owner { get; private set; }

    /// <summary>The money in it; never negative.</summary>
    [JsonInclude] public decimal Balance { get; private set; }

    /// <summary>Opens the account; a deposit of 0 means none.</summary>
    public Decision Handle(OpenAccount command) => Status switch
    {
        AccountStatus.Open => Reject("already-open", $"The account belongs to {Owner} already."),
        AccountStatus.Closed => Closed(),
        _ when command.OpeningDeposit == 0 => Accept(new AccountOpened(command.Owner)).WithReply(0m),
        _ => Money.Problem(command.OpeningDeposit)
            ?? Accept(new AccountOpened(command.Owner), new MoneyDeposited(command.OpeningDeposit)).WithReply(command.OpeningDeposit),
    };

    /// <summary>Adds money; replies with the new balance.</summary>
    public Decision Handle(Deposit command) =>
        NotOpen()
        ?? Money.Problem(command.Amount)
        ?? Accept(new MoneyDeposited(command.Amount)).WithReply(Balance + command.Amount);

    /// <summary>Takes money out; replies with the new balance.</summary>
    public Decision Handle(Withdraw command) =>
        NotOpen()
        ?? Money.Problem(command.Amount)
        ?? (Balance < command.Amount
            ? Reject("insufficient-funds", $"The balance {Balance} is below {command.Amount}.")
            : Accept(new MoneyWithdrawn(command.Amount)).WithReply(Balance - command.Amount));

    /// <summary>Closes an empty account for good.</summary>
    public Decision Handle(CloseAccount _) =>
        NotOpen()
        ?? (Balance == 0
            ? Accept(new AccountClosed())
            : Reject("balance-not-zero", $"The balance is {Balance}; withdraw it first."));

    /// <summary>The account belongs to its owner.</summary>
    public void Apply(AccountOpened @event) => (Status, Owner) = (AccountStatus.Open, @event.Owner);

    /// <summary>The balance grows.</summary>
    public void Apply(MoneyDeposited @event) => Balance += @event.Amount;

    /// <summary>The balance shrinks.</summary>
    public void Apply(MoneyWithdrawn @event) => Balance -= @event.Amount;

    /// <summary>The account takes no money any more.</summary>
    public void Apply(AccountClosed _) => Status = AccountStatus.Closed;

    /// <summary>What the account looks like now.</summary>
    public AccountView Answer(GetAccount _, QueryContext context) => new(context.AggregateId, Status, Owner, Balance, context.Version);

    private Decision? NotOpen() => Status switch
    {
        AccountStatus.Open => null,
        AccountStatus.Closed => Closed(),
        _ => Reject("not-open", "The account was never opened; send shop.open-account first."),
    };

    private static Decision Closed() => Reject("closed", "The account is closed for good.");
}
