using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>Many aggregates by grain calls, against stock Orleans over Marten and against single-row transactions.</summary>
internal sealed class CommandsScenario : Scenario
{
    public override string Name => "commands";

    public override string Notes =>
        "256 callers, 1,000 aggregates, one event each. Callers of phoenix and stock live in the silo's process and their processor time is the silo's; " +
        "rawRow has no actors, its callers count as client. Rates and latencies are of the closed loop; p99MsAt70 is open loop at 70 % of the rate.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var sides = new CommandSides(servers, started, keys: 1000);
        var rounds = new Rounds(servers, plan);
        var figures = await rounds.MeasureAsync(
            [await sides.PhoenixAsync(cancellation), await sides.StockAsync(cancellation), await sides.RawRowAsync(cancellation)], cancellation);
        var (phoenix, stock, rawRow) = (figures[0], figures[1], figures[2]);
        var at70 = await rounds.OnceAsync(phoenix.Side, plan.At70(phoenix.PerSecond), cancellation);
        return new Report(Name, figures)
            .With("commandsPerSecond", phoenix.PerSecond)
            .With("twinPerSecond", stock.PerSecond)
            .With("rawRowPerSecond", rawRow.PerSecond)
            .With("ratio", phoenix.RatioTo(stock), atLeast: 6, aim: 10)
            .With("ratioToRawRow", phoenix.RatioTo(rawRow), atLeast: 1.7, aim: 2.7)
            .With("stockToRawRow", stock.RatioTo(rawRow))
            .With("p50Ms", phoenix.P50Ms)
            .With("p99Ms", phoenix.P99Ms)
            .With("p999Ms", phoenix.P999Ms)
            .With("p99MsAt70", at70.Result.P99Ms);
    }
}
