using System.Diagnostics.Metrics;

namespace Phoenix.Evolving;

/// <summary>Figures of the meter <c>Phoenix.Evolving</c>.</summary>
internal static class EvolvingInstruments
{
    public static readonly Meter Meter = new("Phoenix.Evolving");

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "phoenix.evolving.read", "{event}",
        "Stored events under a name or version that nothing writes any more, each time they are read, by stored name.");

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(
        "phoenix.evolving.steps", "{step}", "Upcasters that ran for these.");

    public static void Read(string storedName, int steps)
    {
        Events.Add(1, new KeyValuePair<string, object?>("event", storedName));
        if (steps > 0) Steps.Add(steps, new KeyValuePair<string, object?>("event", storedName));
    }
}
