using System.Diagnostics.Metrics;

namespace Phoenix.Coordination;

/// <summary>Figures of the meter <c>Phoenix.Transactions</c>.</summary>
internal static class TransactionInstruments
{
    public static readonly Meter Meter = new("Phoenix.Transactions");

    private static readonly UpDownCounter<long> UnderWay = Meter.CreateUpDownCounter<long>(
        "phoenix.transactions.underway", "{transaction}", "Transactions under way on this silo, starts that are being decided among them.");

    private static readonly Counter<long> Turned = Meter.CreateCounter<long>(
        "phoenix.transactions.refused", "{start}", "Starts that were refused because too many transactions are under way.");

    public static void Entered() => UnderWay.Add(1);

    public static void Left() => UnderWay.Add(-1);

    public static void Refused() => Turned.Add(1);
}
