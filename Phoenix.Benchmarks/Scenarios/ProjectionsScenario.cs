using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>A read model: how fast it catches up, what a rebuild costs, and how old it is.</summary>
internal sealed class ProjectionsScenario : Scenario
{
    private const int Keys = 1000;
    private const int Callers = 256;
    private const double Rate = 1000;
    private const int Windows = 5;

    /// <summary>A short run has fewer events, or its passes would last longer than it does.</summary>
    private const int EventsASecond = 20_000;

    public override string Name => "projections";

    public override bool StoresEvents => true;

    public override string Notes =>
        "A plain table, one row an aggregate, over stored events of 1,000 aggregates; an operation is an event. A pass is measured from the first batch in the table to the " +
        "last, and latencies are those of whole passes. marten is its own daemon with default settings, on the same events, with the same projection. rebuild is one from the " +
        "first event to the end of the last step. commands is the scenario of this name without a read model; live has one that follows, and rebuilding one that is rebuilt " +
        "all the time. lag is from the time that an event carries, PostgreSQL's when its transaction began, to the row, at 1,000 commands/s.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var events = Math.Min(plan.Events, (int)(plan.Seconds * EventsASecond));
        var passes = await PassesAsync(servers, plan, events, cancellation);
        var (live, lags) = await LiveAsync(servers, plan, events, cancellation);
        var (phoenix, marten, rebuild, commands) = (passes[0], passes[1], passes[2], passes[3]);
        return new Report(Name, [.. passes, .. live])
            .With("projectedPerSecond", phoenix.PerSecond)
            .With("twinPerSecond", marten.PerSecond)
            .With("rebuildPerSecond", rebuild.PerSecond)
            .With("commandsPerSecond", commands.PerSecond)
            .With("livePerSecond", live[0].PerSecond)
            .With("ratio", phoenix.RatioTo(marten), atLeast: 0.95)
            .With("projectedRatio", phoenix.RatioTo(commands), atLeast: 0.5, aim: 1)
            .With("rebuildSlowdown", live[1].RatioTo(live[0]), atLeast: 0.7)
            .With("lagP50Ms", Medians.Of(lags.Select(lag => lag.Extra[PhoenixProjected.LagP50])), aim: 100)
            .With("lagP99Ms", Medians.Of(lags.Select(lag => lag.Extra[PhoenixProjected.LagP99])));
    }

    private static async Task<IReadOnlyList<SideFigures>> PassesAsync(Servers servers, Plan plan, int events, CancellationToken cancellation)
    {
        await using var stage = new Stage();
        var log = new PartSettings { Postgres = await servers.NewDatabaseAsync("projections"), Keys = Keys, Events = events };
        var phoenix = new Side("phoenix", "catching up", await StartAsync(PhoenixCatchUp.Name, log, stage, cancellation), Role.Silo);
        log = log with { Events = 0 };
        var marten = new Side("marten", "its own daemon", await StartAsync(MartenCatchUp.Name, log, stage, cancellation), Role.Silo);
        log = log with { Command = PhoenixCatchUp.Rebuild };
        var rebuild = new Side("rebuild", "beside itself", await StartAsync(PhoenixCatchUp.Name, log, stage, cancellation), Role.Silo);
        var commands = await new CommandSides(servers, stage, Keys).PhoenixAsync(cancellation) with { Name = "commands" };
        return await new Rounds(servers, plan).MeasureAsync([phoenix, marten, rebuild, commands], cancellation);
    }

    private static async Task<(IReadOnlyList<SideFigures> Figures, IReadOnlyList<RoundResult> Lags)> LiveAsync(
        Servers servers, Plan plan, int events, CancellationToken cancellation)
    {
        await using var stage = new Stage();
        async Task<Side> SideAsync(string name, string what, string command)
        {
            var postgres = await servers.NewDatabaseAsync($"projections-{name}");
            var settings = new PartSettings { Postgres = postgres, Keys = Keys, Callers = Callers, Events = events, Command = command };
            return new(name, what, await StartAsync(PhoenixProjected.Name, settings, stage, cancellation), Role.Silo)
            {
                CountEffectsAsync = Effects.Of(postgres, $"select count(*) - {events} from phoenix.mt_events"),
            };
        }

        var rounds = new Rounds(servers, plan);
        var live = await SideAsync("live", "grain calls, projected", "");
        var rebuilding = await SideAsync("rebuilding", "grain calls while it is rebuilt", PhoenixProjected.Rebuilding);
        var figures = await rounds.MeasureAsync([live, rebuilding], cancellation);
        var lags = new List<RoundResult>();
        for (var window = 0; window < Windows; window++)
            lags.Add((await rounds.OnceAsync(live, new(plan.SecondsARound, Rate), cancellation)).Result);
        return (figures, lags);
    }
}
