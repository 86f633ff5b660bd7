using System.Globalization;
using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// A step as other services see it, in one header: <c>//orders/shop.order/o-1?step=pay&amp;phase=do&amp;round=1</c>, where id and step are
/// percent-encoded. Two services may have a transaction of one name, so its name begins with that of its service; and because no stream
/// has a name that begins so, nobody can speak for a transaction of the service itself.
/// </summary>
internal static class StepUri
{
    /// <summary>The name that a transaction has for other services.</summary>
    /// <param name="service">The first part of the topics of the service that the transaction belongs to.</param>
    /// <param name="stream">The transaction's stream id.</param>
    public static string TransactionOf(string service, string stream) => $"//{service}/{stream}";

    public static string Of(StepReference step)
    {
        var id = step.Transaction.IndexOf('/', step.Transaction.IndexOf('/', 2) + 1) + 1;
        return $"{step.Transaction[..id]}{Uri.EscapeDataString(step.Transaction[id..])}"
            + $"?step={Uri.EscapeDataString(step.Name)}&phase={StepId.NameOf(step.Phase)}"
            + $"&round={step.Round.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>The step that a header names; null when it names none.</summary>
    public static StepReference? Parse(string text)
    {
        var (path, query) = Cut(text, '?');
        string[] values = [.. (query ?? "").Split('&')];
        if (path.Split('/') is not ["", "", var service, var aggregate, var id]
            || !LogicalName.IsValid(service) || !LogicalName.IsValid(aggregate)
            || values is not [var step, var phase, var round] || Value(step, "step=") is not { Length: > 0 } name
            || PhaseOf(Value(phase, "phase=")) is not { } of
            || !int.TryParse(Value(round, "round="), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            return null;
        var parsed = new StepReference(
            TransactionOf(service, $"{aggregate}/{Uri.UnescapeDataString(id)}"), Uri.UnescapeDataString(name), of, number);
        // One way to write each: it is echoed as text.
        return AggregateId.Problem(Uri.UnescapeDataString(id)) is null && Of(parsed) == text ? parsed : null;
    }

    /// <summary>Whose transaction it is, and its stream id there.</summary>
    public static (string Service, string Stream) PartsOf(StepReference step)
    {
        var (service, stream) = Cut(step.Transaction[2..], '/');
        return (service, stream!);
    }

    private static StepPhase? PhaseOf(string? name) => name is null ? null
        : Enum.GetValues<StepPhase>().Cast<StepPhase?>().FirstOrDefault(phase => StepId.NameOf(phase!.Value) == name);

    private static string? Value(string pair, string name) => pair.StartsWith(name, StringComparison.Ordinal) ? pair[name.Length..] : null;

    private static (string Before, string? After) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var place ? (text[..place], text[(place + 1)..]) : (text, null);
}
