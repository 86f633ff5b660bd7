using System.Security.Cryptography;
using System.Text;

namespace Phoenix.Transactions;

/// <summary>
/// The command id of a step: derived from transaction, step, phase and round, never from the attempt, so that whoever takes the transaction
/// up sends the same command again. An aggregate that is asked to close an id checks that it follows from the transaction that asks, or
/// anyone could close anyone's commands.
/// </summary>
internal static class StepId
{
    public static string Of(string transaction, string step, StepPhase phase, int round)
    {
        var text = Encoding.UTF8.GetBytes($"{transaction}\n{step}\n{NameOf(phase)}\n{round}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return $"tx-{Convert.ToHexStringLower(hash[..16])}";
    }

    public static string NameOf(StepPhase phase) => phase switch
    {
        StepPhase.Do => "do",
        StepPhase.Undo => "undo",
        StepPhase.Confirm => "confirm",
        _ => "cancel",
    };
}
