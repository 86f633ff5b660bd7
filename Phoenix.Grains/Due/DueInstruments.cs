using System.Diagnostics.Metrics;
using Phoenix.EventStore;

namespace Phoenix.Due;

/// <summary>Instruments of the meter <c>Phoenix.Due</c>.</summary>
internal static class DueInstruments
{
    public static readonly Meter Meter = new("Phoenix.Due");

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>(
        "phoenix.due.delivered", "{row}", "Timers and sends that were delivered, by kind and way (fast: by the silo that committed it; sweep).");

    private static readonly Counter<long> Troubled = Meter.CreateCounter<long>(
        "phoenix.due.failed", "{row}", "Deliveries that failed or got no answer, by kind and code.");

    private static readonly Histogram<double> Lateness = Meter.CreateHistogram<double>(
        "phoenix.due.lateness", "s", "How long after its time a delivery was done.");

    public static void Delivered(DueItem item, string way, TimeSpan late)
    {
        Ended.Add(1, Tag("kind", Kind(item)), Tag("way", way));
        Lateness.Record(late.TotalSeconds, Tag("kind", Kind(item)));
    }

    public static void Failed(DueItem item, string code) => Troubled.Add(1, Tag("kind", Kind(item)), Tag("code", code));

    private static string Kind(DueItem item) => item.Kind == DueKind.Timer ? "timer" : "send";

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
