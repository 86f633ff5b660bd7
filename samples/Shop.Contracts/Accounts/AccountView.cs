namespace Shop.Accounts;

/// <summary>What an account looks like from outside.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Its stage of life.</param>
/// <param name="Owner">Who owns it; null before it is opened.</param>
/// <param name="Balance">The money in it.</param>
/// <param name="Version">The number of its events.</param>
/// <param name="Reserved">How much of the balance is set aside.</param>
public sealed record AccountView(string Id, AccountStatus Status, string? Owner, decimal Balance, long Version, decimal Reserved = 0);
