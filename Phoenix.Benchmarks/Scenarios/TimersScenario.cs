using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>What timers and sends cost beside plain commands, and how late timers come.</summary>
internal sealed class TimersScenario : Scenario
{
    private const int Callers = 256;
    private const int Keys = 1000;
    private const int DueOverAMinute = 100_000;

    public override string Name => "timers";

    public override string Notes =>
        "256 callers, 1,000 aggregates, one event each; callers live in the silo's process. commands has no timer; armed sets one that is due tomorrow and takes the " +
        "place of the last; sends sends the same command to another aggregate, and a round ends when all have been delivered; delivered are timers that are due at " +
        "once, 10,000 for each second of a round, set by SQL. Lateness is that of 100,000 timers due over a minute (fewer in a shorter run): from the due time to the " +
        "time of the delivery's commit, both by the database's clock.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        async Task<Side> SideAsync(string name, string what, string part, string command = "", int effects = 1)
        {
            var postgres = await servers.NewDatabaseAsync($"timers-{name}");
            var settings = new PartSettings { Postgres = postgres, Keys = Keys, Callers = Callers, Command = command };
            var count = Effects.OfPhoenix(settings.Postgres);
            return new(name, what, await StartAsync(part, settings, started, cancellation), Role.Silo)
            {
                CountEffectsAsync = async () => await count() / effects,
            };
        }

        var rounds = new Rounds(servers, plan);
        var figures = await rounds.MeasureAsync(
            [
                await SideAsync("commands", "grain calls", PhoenixCommands.Name),
                await SideAsync("armed", "each sets a timer", PhoenixCommands.Name, PhoenixCommands.Later),
                await SideAsync("sends", "each sends another command, delivered", PhoenixSends.Name, effects: 2),
                await SideAsync("delivered", "timers due at once", PhoenixTimers.Name),
            ],
            cancellation);
        var (commands, armed, sends, delivered) = (figures[0], figures[1], figures[2], figures[3]);
        var spread = await rounds.OnceAsync(delivered.Side, new(Math.Min(60, plan.Seconds), DueOverAMinute / 60.0), cancellation);
        var armingCpu = Medians.Of(armed.Rounds.Zip(commands.Rounds,
            (one, other) => one.CpuMicroseconds.Total / other.CpuMicroseconds.Total));
        return new Report(Name, figures)
            .With("commandsPerSecond", commands.PerSecond)
            .With("armedPerSecond", armed.PerSecond)
            .With("deliveredPerSecond", delivered.PerSecond)
            .With("sendsPerSecond", sends.PerSecond)
            .With("armingCpuRatio", armingCpu, atMost: 1.25)
            .With("deliveredRatio", delivered.RatioTo(commands), atLeast: 0.6)
            .With("sendsRatio", sends.RatioTo(commands), atLeast: 0.4)
            .With("latenessP50Ms", spread.Result.P50Ms)
            .With("latenessP99Ms", spread.Result.P99Ms);
    }
}
