using System.Security.Cryptography;
using System.Text;

namespace Phoenix.Runs.Checking;

/// <summary>
/// The ids of the commands of a transaction's steps, made again here: the judge shares no code with what it judges. A test compares the
/// two.
/// </summary>
internal static class Steps
{
    /// <summary>The steps that were accepted.</summary>
    public static HashSet<string> Accepted(ILookup<(string Stream, string CommandId), LedgerEntry> ledger) =>
        [.. ledger.Where(entry => entry.Key.CommandId.StartsWith("tx-", StringComparison.Ordinal) && entry.First().IsAccepted)
            .Select(entry => entry.Key.CommandId)];

    public static string Withdraw(string transfer) => Id(transfer, "withdraw", "do");

    public static string PutBack(string transfer) => Id(transfer, "withdraw", "undo");

    public static string Deposit(string transfer) => Id(transfer, "deposit", "do");

    public static string Take(string order) => Id(order, "stock", "do");

    public static string PutOnShelf(string order) => Id(order, "stock", "undo");

    public static string Reserve(string order) => Id(order, "pay", "do");

    public static string Pay(string order) => Id(order, "pay", "confirm");

    public static string Release(string order) => Id(order, "pay", "cancel");

    public static string Ship(string order) => Id(order, "ship", "do");

    public static string TakeGoods(string prefix, string purchase) => Id($"//{prefix}/{purchase}", "take", "do");

    public static string StoreGoods(string prefix, string purchase) => Id($"//{prefix}/{purchase}", "take", "undo");

    public static string Pack(string prefix, string purchase) => Id($"//{prefix}/{purchase}", "pack", "do");

    // No step of the shop has more than one round.
    private static string Id(string transfer, string step, string phase) =>
        $"tx-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{transfer}\n{step}\n{phase}\n1")).AsSpan(0, 16))}";
}
