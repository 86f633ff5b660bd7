using System.Text.Json.Serialization;
using Phoenix.Model;
using Shop.Payments;

namespace Shop.Accounts;

/// <summary>A customer's money account: opened once, never overdrawn, closed only when empty.</summary>
public sealed class Account : Aggregate<IAccountGrain>
{
    /// <summary>Whether the account takes money.</summary>
    [JsonInclude] public AccountStatus Status { get; private set; }

    /// <summary>Who owns it; null before it is opened.</summary>
    [JsonInclude] public string? Owner { get; private set; }

    /// <summary>The money in it; never negative.</summary>
    [JsonInclude] public decimal Balance { get; private set; }

    /// <summary>How much of it is set aside for purchases; never negative, and never more than the balance.</summary>
    [JsonInclude] public decimal Reserved { get; private set; }

    private decimal Available => Balance - Reserved;

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
        ?? Unavailable(command.Amount)
        ?? Accept(new MoneyWithdrawn(command.Amount)).WithReply(Balance - command.Amount);

    /// <summary>Takes out what is available, up to an amount; replies with how much that was.</summary>
    public Decision Handle(WithdrawUpTo command)
    {
        if ((NotOpen() ?? Money.Problem(command.Amount)) is { } problem) return problem;
        var taken = Math.Min(command.Amount, Available);
        return taken == 0 ? Reject("insufficient-funds", "Nothing is available.") : Accept(new MoneyWithdrawn(taken)).WithReply(taken);
    }

    /// <summary>Sets money aside; replies with what is still available.</summary>
    public Decision Handle(ReserveMoney command) =>
        NotOpen()
        ?? Money.Problem(command.Amount)
        ?? Unavailable(command.Amount)
        ?? Accept(new MoneyReserved(command.Amount)).WithReply(Available - command.Amount);

    /// <summary>Pays with money that was set aside; replies with the new balance.</summary>
    public Decision Handle(PayReserved command) =>
        NotReserved(command.Amount) ?? Accept(new ReservedMoneyPaid(command.Amount)).WithReply(Balance - command.Amount);

    /// <summary>Makes money available again that was set aside; replies with what is available then.</summary>
    public Decision Handle(ReleaseReserved command) =>
        NotReserved(command.Amount) ?? Accept(new ReservedMoneyReleased(command.Amount)).WithReply(Available + command.Amount);

    #region tags
    /// <summary>The account stands behind the campaign's tag from this commit on: bonuses come as deposits.</summary>
    public Decision Handle(JoinCampaign command) =>
        NotOpen() ?? NoCampaign(command.Campaign) ?? Accept().Tag<IncomingPayments>(command.Campaign);

    /// <summary>No more bonuses of this campaign.</summary>
    public Decision Handle(LeaveCampaign command) =>
        NotOpen() ?? NoCampaign(command.Campaign) ?? Accept().Untag<IncomingPayments>(command.Campaign);
    #endregion

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

    /// <summary>Less is available.</summary>
    public void Apply(MoneyReserved @event) => Reserved += @event.Amount;

    /// <summary>What was set aside leaves the account.</summary>
    public void Apply(ReservedMoneyPaid @event) => (Balance, Reserved) = (Balance - @event.Amount, Reserved - @event.Amount);

    /// <summary>More is available.</summary>
    public void Apply(ReservedMoneyReleased @event) => Reserved -= @event.Amount;

    /// <summary>The account takes no money any more.</summary>
    public void Apply(AccountClosed _) => Status = AccountStatus.Closed;

    /// <summary>What the account looks like now.</summary>
    public AccountView Answer(GetAccount _, QueryContext context) =>
        new(context.AggregateId, Status, Owner, Balance, context.Version, Reserved);

    private Decision? Unavailable(decimal amount) => amount <= Available ? null : Reject(
        "insufficient-funds", Reserved == 0 ? $"The balance {Balance} is below {amount}."
        : $"The balance {Balance}, of which {Reserved} is reserved, is below {amount}.");

    private Decision? NotReserved(decimal amount) =>
        Money.Problem(amount) ?? (amount <= Reserved ? null : Reject("not-reserved", $"{Reserved} is reserved, not {amount}."));

    private static Decision? NoCampaign(string campaign) =>
        TagName.Problem(campaign) is { } problem ? Reject("no-campaign", problem) : null;

    private Decision? NotOpen() => Status switch
    {
        AccountStatus.Open => null,
        AccountStatus.Closed => Closed(),
        _ => Reject("not-open", "The account was never opened; send shop.open-account first."),
    };

    private static Decision Closed() => Reject("closed", "The account is closed for good.");
}
