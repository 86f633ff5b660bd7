using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>What an append costs when the ledger is old.</summary>
internal sealed class LedgerScenario : Scenario
{
    private const long Large = 10_000_000;

    /// <summary>A run shorter than this only shows that the rig works, with a tenth of the rows.</summary>
    private const double Whole = 20;

    public override string Name => "ledger";

    public override string Notes =>
        "The same as append without its twin, on two databases whose ledgers hold ten million rows and a tenth of them (a tenth of both in a run under 20 s), made by PostgreSQL.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var rows = plan.Seconds < Whole ? Large / 10 : Large;
        async Task<Side> SideAsync(string name, long old)
        {
            var settings = new PartSettings { Postgres = await servers.NewDatabaseAsync($"ledger-{name}"), Callers = 512 };
            var part = await StartAsync(PhoenixAppend.Name, settings, started, cancellation);
            await OldLedger.FillAsync(settings.Postgres, old, cancellation);
            return new(name, $"{old:N0} rows before", part, Role.Silo)
            {
                CountEffectsAsync = Effects.Of(settings.Postgres, $"""
                    select count(*) from phoenix.mt_events e join phoenix.phoenix_ledger l on l.command_id = e.causation_id::uuid and l.stream = e.stream_id
                    where l.command <> '{OldLedger.Command}'
                    """),
            };
        }

        var figures = await new Rounds(servers, plan).MeasureAsync([await SideAsync("young", rows / 10), await SideAsync("old", rows)], cancellation);
        var cost = Medians.Of(figures[1].Rounds.Zip(figures[0].Rounds, (old, young) => old.CpuMicroseconds.Total / young.CpuMicroseconds.Total));
        return new Report(Name, figures)
            .With("youngPerSecond", figures[0].PerSecond)
            .With("oldPerSecond", figures[1].PerSecond)
            .With("timeRatio", figures[0].RatioTo(figures[1]), atMost: 1.3)
            .With("cpuRatio", cost, atMost: 1.3);
    }
}
