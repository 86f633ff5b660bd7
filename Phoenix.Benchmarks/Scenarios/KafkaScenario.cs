using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>The whole way: client, Kafka, decision, commit, reply to the client.</summary>
internal sealed class KafkaScenario : Scenario
{
    public override string Name => "kafka";

    public override bool NeedsKafka => true;

    public override string Notes =>
        "1,024 requests under way, 1,000 aggregates, one event each; client, consumer, broker and PostgreSQL are processes of their own, and the client is the same on every side. " +
        "The twins keep state in memory and record command ids, as exactly-once needs. grainCalls is the scenario commands in the same run; p99MsAt70 is open loop at 70 % of phoenix's rate, and coresAt70 what all processes together used then. nativeBatchP99MsAtThatRate is the simplest consumer at the same rate: what client, broker and machine cost; nativeBatchP99MsAt70 the same at 70 % of its own.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var sides = new KafkaSides(servers, started);
        var calls = await new CommandSides(servers, started, keys: 1000).PhoenixAsync(cancellation) with { Name = "grainCalls" };
        var rounds = new Rounds(servers, plan);
        var figures = await rounds.MeasureAsync(
            [await sides.PhoenixAsync(cancellation), await sides.NativeAsync(cancellation), await sides.NativeBatchAsync(cancellation), calls], cancellation);
        var (phoenix, native, nativeBatch, grainCalls) = (figures[0], figures[1], figures[2], figures[3]);
        var at70 = await rounds.OnceAsync(phoenix.Side, plan.At70(phoenix.PerSecond), cancellation);
        // What client, broker and machine cost of latency at this rate, whoever serves.
        var batchAtThatRate = await rounds.OnceAsync(nativeBatch.Side, plan.At70(phoenix.PerSecond), cancellation);
        var batchAt70 = await rounds.OnceAsync(nativeBatch.Side, plan.At70(nativeBatch.PerSecond), cancellation);
        return new Report(Name, figures)
            .With("commandsPerSecond", phoenix.PerSecond)
            .With("twinPerSecond", native.PerSecond)
            .With("nativeBatchPerSecond", nativeBatch.PerSecond)
            .With("ratio", phoenix.RatioTo(native), atLeast: 2)
            .With("ratioToNativeBatch", phoenix.RatioTo(nativeBatch))
            .With("ratioToCommands", phoenix.RatioTo(grainCalls), atLeast: 0.4)
            .With("p50Ms", phoenix.P50Ms)
            .With("p99Ms", phoenix.P99Ms)
            .With("p99MsAt70", at70.Result.P99Ms, atMost: 50)
            .With("p999MsAt70", at70.Result.P999Ms)
            .With("coresAt70", at70.Cores)
            .With("nativeBatchP99MsAtThatRate", batchAtThatRate.Result.P99Ms)
            .With("nativeBatchP99MsAt70", batchAt70.Result.P99Ms);
    }
}
