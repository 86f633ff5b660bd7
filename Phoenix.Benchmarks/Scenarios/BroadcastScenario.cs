using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>Foreign records in, each to 1,000 aggregates.</summary>
internal sealed class BroadcastScenario : Scenario
{
    public override string Name => "broadcast";

    public override bool NeedsKafka => true;

    public override string Notes =>
        "24 records under way, each to the 1,000 aggregates behind one tag, one event each; an operation is one of these commands. Who writes " +
        "the records is a plain producer in the silo's process. grainCalls is the scenario commands in the same run. A round ends when all " +
        "its records are done, so latencies are those of whole rounds.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var sides = new IncomingSides(servers, started);
        var figures = await new Rounds(servers, plan).MeasureAsync(
            [await sides.BroadcastAsync(cancellation), await sides.GrainCallsAsync(cancellation)], cancellation);
        var (broadcast, grainCalls) = (figures[0], figures[1]);
        return new Report(Name, figures)
            .With("effectsPerSecond", broadcast.PerSecond)
            .With("commandsPerSecond", grainCalls.PerSecond)
            .With("effectsRatio", broadcast.RatioTo(grainCalls), atLeast: 0.6, aim: 0.8);
    }
}
