using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>The rule for amounts of money.</summary>
internal static class Money
{
    /// <summary>Keeps balances far from the end of <see cref="decimal"/>, where adding throws.</summary>
    private const decimal Largest = 1_000_000_000_000m;

    public static Decision? Problem(decimal amount)
    {
        if (amount <= 0) return Invalid($"An amount is above 0; found {amount}.");
        if (amount > Largest) return Invalid($"An amount is at most {Largest}; found {amount}.");
        return decimal.Round(amount, 2) == amount ? null : Invalid($"An amount has at most 2 decimals; found {amount}.");
    }

    private static Decision Invalid(string message) => Decision.Rejected("invalid-amount", message);
}
