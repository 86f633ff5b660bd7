using System.Diagnostics.Metrics;

namespace Phoenix.Deciding;

/// <summary>Figures of the meter <c>Phoenix.Deciding</c>.</summary>
internal static class DecidingInstruments
{
    public static readonly Meter Meter = new("Phoenix.Deciding");

    private static readonly Counter<long> StuckCodes = Meter.CreateCounter<long>(
        "phoenix.deciding.stuck", "{handler}",
        "Handlers that did not return within twice their time limit, by aggregate and command or query.");

    public static void Stuck(StuckCode stuck) => StuckCodes.Add(1, new("aggregate", stuck.Kind), new("name", stuck.Name));
}
