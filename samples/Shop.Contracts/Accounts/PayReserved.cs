using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Pays with reserved money; the reply is the new balance.</summary>
/// <param name="Amount">No more than is reserved.</param>
[Command("shop.pay-reserved")]
public sealed record PayReserved(decimal Amount) : ICommand<IAccountGrain>;
