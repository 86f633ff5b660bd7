using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>How long an aggregate with a long life takes to wake up.</summary>
internal sealed class ReplayScenario : Scenario
{
    public override string Name => "replay";

    public override string Notes =>
        "One aggregate with 200,000 events, activated and asked again and again; an operation is from the call to the answer. phoenix has no snapshot; snapshot has one and " +
        "1,000 events after it, the most that default settings leave to replay; marten is AggregateStreamAsync of phoenix's stream. Nothing runs beside an activation.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var settings = new PartSettings { Postgres = await servers.NewDatabaseAsync("replay") };
        var phoenix = new Side("phoenix", "activation, no snapshot", await StartAsync(PhoenixActivation.PlainName, settings, started, cancellation), Role.Silo);
        var snapshot = new Side("snapshot", "activation from a snapshot and 1,000 events", await StartAsync(PhoenixActivation.SnapshotName, settings, started, cancellation), Role.Silo);
        var marten = new Side("marten", "AggregateStreamAsync", await StartAsync(MartenReplay.Name, settings, started, cancellation), Role.Silo);
        var figures = await new Rounds(servers, plan).MeasureAsync([phoenix, snapshot, marten], cancellation);
        return new Report(Name, figures)
            .With("eventsPerSecond", figures[0].PerSecond * ReplayStreams.Events)
            .With("twinEventsPerSecond", figures[2].PerSecond * ReplayStreams.Events)
            .With("activationP50Ms", figures[0].P50Ms)
            .With("twinP50Ms", figures[2].P50Ms)
            .With("ratio", figures[0].RatioTo(figures[2]), atLeast: 1.5)
            .With("snapshotActivationP50Ms", figures[1].P50Ms)
            .With("snapshotActivationP99Ms", figures[1].P99Ms, atMost: 10);
    }
}
