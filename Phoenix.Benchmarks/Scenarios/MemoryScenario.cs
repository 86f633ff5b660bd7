using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;
using Spectre.Console;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>What an aggregate leaves behind in the silo that nobody uses any more.</summary>
internal sealed class MemoryScenario : Scenario
{
    /// <summary>Touched and collected before the measurement, so that what is paid once is not charged to anybody.</summary>
    private const int Before = 5_000;

    public override string Name => "memory";

    public override bool NeedsKafka => true;

    public override string Notes =>
        "Every aggregate gets one command through Kafka, then all are collected at once and the heap is compacted; bytesPerIdleAggregate is what the managed heap has grown by, " +
        "streams, caches and directories included, for each. peakMegabytes is the most the silo's process was resident with.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var side = await new KafkaSides(servers, started).PhoenixAsync(cancellation);
        var rounds = new Rounds(servers, plan);
        await rounds.OnceAsync(side, new(0, Touch: Before), cancellation);
        var before = await CollectAsync(side, cancellation);
        var touched = await rounds.OnceAsync(side, new(0, Touch: plan.Aggregates), cancellation);
        var after = await CollectAsync(side, cancellation);
        return new Report(Name, [new SideFigures(side, [touched], [])])
            .With("aggregates", plan.Aggregates)
            .With("bytesPerIdleAggregate", (after[KafkaSilo.ManagedBytes] - before[KafkaSilo.ManagedBytes]) / plan.Aggregates, atMost: 400, aim: 200)
            .With("peakMegabytes", after[KafkaSilo.PeakBytes] / 1e6)
            .With("residentMegabytes", after[KafkaSilo.ResidentBytes] / 1e6)
            .With("managedMegabytesBefore", before[KafkaSilo.ManagedBytes] / 1e6)
            .With("managedMegabytesAfter", after[KafkaSilo.ManagedBytes] / 1e6)
            .With("activationsLeft", after[KafkaSilo.Activations])
            .With("touchedPerSecond", touched.PerSecond);
    }

    private static async Task<Dictionary<string, double>> CollectAsync(Side side, CancellationToken cancellation)
    {
        var memory = (await side.Server!.RunAsync(new(0), cancellation)).Extra;
        AnsiConsole.MarkupLineInterpolated($"[grey]collected: {memory[KafkaSilo.ManagedBytes] / 1e6:N1} MB managed, {memory[KafkaSilo.Activations]:N0} activations left[/]");
        return memory;
    }
}
