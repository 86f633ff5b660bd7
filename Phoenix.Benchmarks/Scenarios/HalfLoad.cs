using Phoenix.Benchmarks.Rig;
using Spectre.Console;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>
/// Latencies of transfers at half of what they can, open loop, beside those of commands at four times that rate: as many commits. Medians
/// of windows, in turns.
/// </summary>
internal sealed record HalfLoad(double P50Ms, double P99Ms, double CommandsP50Ms, double Ratio)
{
    private const int Windows = 7;

    public static async Task<HalfLoad> MeasureAsync(
        Rounds rounds, Plan plan, SideFigures transfers, Side commands, CancellationToken cancellation)
    {
        var rate = transfers.PerSecond / 2;
        var windows = new List<(RoundResult Transfers, RoundResult Commands)>();
        for (var number = 1; number <= Windows; number++)
        {
            var one = await rounds.OnceAsync(transfers.Side, new(plan.SecondsARound, rate), cancellation);
            var beside = await rounds.OnceAsync(commands, new(plan.SecondsARound, rate * 4), cancellation);
            windows.Add((one.Result, beside.Result));
            AnsiConsole.MarkupLineInterpolated(
                $"[grey]window {number} of {Windows}, {transfers.Side.Name}: p50 {one.Result.P50Ms:N1} ms; commands {beside.Result.P50Ms:N1} ms[/]");
        }

        return new(
            Medians.Of(windows.Select(window => window.Transfers.P50Ms)),
            Medians.Of(windows.Select(window => window.Transfers.P99Ms)),
            Medians.Of(windows.Select(window => window.Commands.P50Ms)),
            Medians.Of(windows.Select(window => window.Transfers.P50Ms / window.Commands.P50Ms)));
    }
}
