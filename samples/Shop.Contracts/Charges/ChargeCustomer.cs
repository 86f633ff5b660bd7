using Phoenix.Model;

namespace Shop.Charges;

/// <summary>
/// Charges one account of a customer after the other until the amount is covered, and pays it: all or nothing. The reply is how many
/// accounts were asked.
/// </summary>
/// <param name="Accounts">The ids of the customer's accounts, those to be charged first in front.</param>
/// <param name="To">The id of the account that is paid.</param>
/// <param name="Amount">How much; above 0, at most two decimals.</param>
[Command("shop.charge-customer")]
public sealed record ChargeCustomer(IReadOnlyList<string> Accounts, string To, decimal Amount) : ICommand<IChargeGrain>;
