using System.Diagnostics.Metrics;

namespace Phoenix.Deciding;

/// <summary>Figures of the meter <c>Phoenix.Deciding</c>.</summary>
internal static class DecidingInstruments
{
    public static readonly Meter Meter = new("Phoenix.Deciding");

    private static readonly Counter<long> StuckCodes = Meter.CreateCounter<long>(
        "phoenix.deciding.stuck", "{handler}",
        "Handlers that did not return within twice their time limit, by aggregate and command or query.");

    private static readonly Counter<long> BrokenLoads = Meter.CreateCounter<long>(
        "phoenix.deciding.broken", "{read}",
        "Readings of an aggregate that found an event which cannot be read or applied, or is missing, by aggregate.");

    public static void Broken(string aggregate) => BrokenLoads.Add(1, new KeyValuePair<string, object?>("aggregate", aggregate));

    public static void Stuck(StuckCode stuck) => StuckCodes.Add(1, new("aggregate", stuck.Kind), new("name", stuck.Name));
}
