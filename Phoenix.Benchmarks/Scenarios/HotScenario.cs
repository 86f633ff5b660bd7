using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>One aggregate that everybody wants.</summary>
internal sealed class HotScenario : Scenario
{
    public override string Name => "hot";

    public override string Notes => "256 callers, one aggregate, one event each. Callers live in the silo's process on both sides and their processor time is the silo's.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var sides = new CommandSides(servers, started, keys: 1);
        var figures = await new Rounds(servers, plan).MeasureAsync([await sides.PhoenixAsync(cancellation), await sides.StockAsync(cancellation)], cancellation);
        var (phoenix, stock) = (figures[0], figures[1]);
        return new Report(Name, figures)
            .With("commandsPerSecond", phoenix.PerSecond)
            .With("twinPerSecond", stock.PerSecond)
            .With("ratio", phoenix.RatioTo(stock), atLeast: 16, aim: 25)
            .With("p50Ms", phoenix.P50Ms)
            .With("p99Ms", phoenix.P99Ms)
            .With("p999Ms", phoenix.P999Ms);
    }
}
