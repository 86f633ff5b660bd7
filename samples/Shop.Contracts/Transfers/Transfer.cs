using Phoenix.Model;

namespace Shop.Transfers;

/// <summary>Moves money from one account to another: both or none. The reply is the balance of the account it came from.</summary>
/// <param name="From">The account's id that pays.</param>
/// <param name="To">The account's id that is paid.</param>
/// <param name="Amount">How much; above 0, at most two decimals.</param>
[Command("shop.transfer-money")]
public sealed record Transfer(string From, string To, decimal Amount) : ICommand<ITransferGrain>;
