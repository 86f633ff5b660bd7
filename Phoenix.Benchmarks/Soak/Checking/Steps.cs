using System.Security.Cryptography;
using System.Text;

namespace Phoenix.Benchmarks.Soak.Checking;

/// <summary>
/// The ids of the commands of a transfer's steps, made again here: the judge shares no code with what it judges. A test compares the two.
/// </summary>
internal static class Steps
{
    public static string Withdraw(string transfer) => Id(transfer, "withdraw", "do");

    public static string PutBack(string transfer) => Id(transfer, "withdraw", "undo");

    public static string Deposit(string transfer) => Id(transfer, "deposit", "do");

    // No step of a transfer has more than one round.
    private static string Id(string transfer, string step, string phase) =>
        $"tx-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{transfer}\n{step}\n{phase}\n1")).AsSpan(0, 16))}";
}
