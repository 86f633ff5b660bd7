namespace Shop.Payments;

/// <summary>A payment as the payment service writes it: what the shop needs of it.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Account">The account that it is for; null for a bonus to all of a campaign.</param>
/// <param name="Campaign">The campaign all of whose accounts get it, or which the account must have joined; null for a payment.</param>
public sealed record Payment(decimal Amount, string? Account = null, string? Campaign = null);
