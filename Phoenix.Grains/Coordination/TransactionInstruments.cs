using System.Diagnostics.Metrics;

namespace Phoenix.Coordination;

/// <summary>Figures of the meter <c>Phoenix.Transactions</c>.</summary>
internal static class TransactionInstruments
{
    public static readonly Meter Meter = new("Phoenix.Transactions");

    private static readonly UpDownCounter<long> UnderWay = Meter.CreateUpDownCounter<long>(
        "phoenix.transactions.underway", "{transaction}", "Transactions under way on this silo, starts that are being decided among them.");

    private static readonly Counter<long> Turned = Meter.CreateCounter<long>(
        "phoenix.transactions.refused", "{start}", "Starts that were refused because too many transactions are under way, by kind.");

    private static readonly UpDownCounter<long> Waiting = Meter.CreateUpDownCounter<long>(
        "phoenix.transactions.remote.waiting", "{step}", "Steps that wait for an answer of another service, by service.");

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "phoenix.transactions.remote.sent", "{step}",
        "Steps sent to another service, by service and whether the same may have been sent before.");

    public static void Waits(string service, int change) => Waiting.Add(change, new KeyValuePair<string, object?>("service", service));

    public static void Asked(string service, bool mayBeRepeat) => Sent.Add(1, new("service", service), new("repeat", mayBeRepeat));

    public static void Entered() => UnderWay.Add(1);

    public static void Left() => UnderWay.Add(-1);

    public static void Refused(string kind) => Turned.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
