namespace Shop.Payments;

/// <summary>A payment as the payment service writes it: what the shop needs of it.</summary>
/// <param name="Account">The account that it is for.</param>
/// <param name="Amount">How much.</param>
public sealed record Payment(string Account, decimal Amount);
