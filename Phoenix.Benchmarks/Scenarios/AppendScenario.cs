using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>The commit queue without the grains above it, against the same rows written by hand.</summary>
internal sealed class AppendScenario : Scenario
{
    public override string Name => "append";

    public override string Notes =>
        "1,000 streams, one event and one ledger row each; 512 callers keep the queue's flushes full, raw writes batches of as many rows on as many connections. " +
        "Callers of phoenix live in the silo's process and count as silo; raw has no actors and counts as client. Both write to one database.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var settings = new PartSettings { Postgres = await servers.NewDatabaseAsync("append"), Callers = 512 };
        var phoenix = new Side("phoenix", "commit queue, 512 callers", await StartAsync(PhoenixAppend.Name, settings, started, cancellation), Role.Silo)
        {
            CountEffectsAsync = Effects.OfPhoenix(settings.Postgres),
        };
        var raw = new Side("raw", "batched unnest inserts into bare tables", await StartAsync(RawAppend.Name, settings, started, cancellation), Role.Client)
        {
            CountEffectsAsync = Effects.Of(settings.Postgres, "select count(*) from raw.events e join raw.ledger l on l.command_id = e.causation_id::uuid and l.stream = e.stream_id"),
        };
        var figures = await new Rounds(servers, plan).MeasureAsync([phoenix, raw], cancellation);
        return new Report(Name, figures)
            .With("commandsPerSecond", figures[0].PerSecond)
            .With("twinPerSecond", figures[1].PerSecond)
            .With("ratio", figures[0].RatioTo(figures[1]), atLeast: 0.5, aim: 0.7)
            .With("p50Ms", figures[0].P50Ms)
            .With("p99Ms", figures[0].P99Ms)
            .With("p999Ms", figures[0].P999Ms);
    }
}
