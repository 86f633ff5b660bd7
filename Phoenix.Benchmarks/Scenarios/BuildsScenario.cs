using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>This build against another one in turns: what a change costs.</summary>
internal sealed class BuildsScenario : Scenario
{
    private const int Commands = 1000;

    public override string Name => "builds";

    public override bool NeedsKafka => true;

    public override bool ComparesBuilds => true;

    public override string Notes =>
        "One side of commands, append or kafka (--of), from this build and from another one (--other), each with a database and topics " +
        "of its own. A ratio is the median of the pairs' own ratios: new by old.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var (of, other) = plan.Builds
            ?? throw new PartFailedException("Name the other build: --other PATH of its program Phoenix.Benchmarks.");
        async Task<Side> SideAsync(string name, string? build)
        {
            Task<PartProcess> PartAsync(string part, PartSettings settings) => StartAsync(part, settings, started, cancellation, build);
            if (of == KafkaName)
            {
                var settings = await KafkaSides.SettingsAsync(servers, $"builds-{name}");
                var silo = await PartAsync(KafkaSilo.Name, settings);
                return new(name, build ?? "this build", await PartAsync(KafkaClient.Name, settings), Role.Client)
                {
                    Server = silo, CountEffectsAsync = Effects.OfPhoenix(settings.Postgres),
                };
            }

            var (part, callers) = of == AppendName ? (PhoenixAppend.Name, 512) : (PhoenixCommands.Name, 256);
            var calls = new PartSettings
            {
                Postgres = await servers.NewDatabaseAsync($"builds-{name}"), Keys = Commands, Callers = callers,
            };
            return new(name, build ?? "this build", await PartAsync(part, calls), Role.Silo)
            {
                CountEffectsAsync = Effects.OfPhoenix(calls.Postgres),
            };
        }

        var rounds = new Rounds(servers, plan);
        var figures = await rounds.MeasureAsync([await SideAsync("new", null), await SideAsync("old", other)], cancellation);
        double Pairs(Func<CpuShare, double?> cpu) =>
            Medians.Of(figures[0].Rounds.Zip(
                figures[1].Rounds, (now, then) => cpu(now.CpuMicroseconds)!.Value / cpu(then.CpuMicroseconds)!.Value));
        return new Report(Name, figures)
            .With("newPerSecond", figures[0].PerSecond)
            .With("oldPerSecond", figures[1].PerSecond)
            .With("rateRatio", figures[0].RatioTo(figures[1]))
            .With("cpuRatio", Pairs(share => share.Total))
            .With("siloCpuRatio", Pairs(share => share.Silo))
            .With("postgresCpuRatio", Pairs(share => share.Postgres));
    }

    private const string KafkaName = "kafka";
    private const string AppendName = "append";

    /// <summary>What may stand behind <c>--of</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["commands", AppendName, KafkaName];
}
