using System.Diagnostics.Metrics;

namespace Phoenix.Publishing;

/// <summary>Instruments of the meter <c>Phoenix.Publications</c>.</summary>
internal static class PublicationInstruments
{
    private static readonly Meter Meter = new("Phoenix.Publications");
    private static readonly Counter<long> Messages = Meter.CreateCounter<long>("phoenix.publications.messages", "{message}", "Messages handed to the producer, repeats included.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("phoenix.publications.failures", "{attempt}", "Attempts that failed and began again at the first event that was not acknowledged.");

    public static void Published(string publication, int messages) => Messages.Add(messages, new KeyValuePair<string, object?>("publication", publication));

    public static void Failed(string publication) => Failures.Add(1, new KeyValuePair<string, object?>("publication", publication));

    /// <summary>Lag and parked aggregates, of the publications that this silo publishes.</summary>
    public static void Observe(PublicationKeeper keeper)
    {
        Meter.CreateObservableGauge("phoenix.publications.lag", () => keeper.Owned.Select(one => Measure(one, Math.Max(0, keeper.End - one.Done))), "{event}", "Numbers of the log that are not published yet.");
        Meter.CreateObservableGauge(
            "phoenix.publications.age", () => keeper.Owned.Select(one => Measure(one, one.Age.TotalSeconds)), "s",
            "How long the oldest event that is not published has been stored, those of aggregates that are held back apart.");
        Meter.CreateObservableGauge("phoenix.publications.parked", () => keeper.Owned.Select(one => Measure(one, one.Parked)), "{aggregate}", "Aggregates whose events are held back.");
    }

    private static Measurement<T> Measure<T>(PublicationStatus one, T value) where T : struct =>
        new(value, new KeyValuePair<string, object?>("publication", one.Row));
}
