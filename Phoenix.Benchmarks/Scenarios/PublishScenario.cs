using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>Events out: a whole log to a topic, and what is decided now into a consumer's hand.</summary>
internal sealed class PublishScenario : Scenario
{
    public override string Name => "publish";

    public override bool NeedsKafka => true;

    public override bool StoresEvents => true;

    public override string Notes =>
        "Stored events of 1,000 aggregates, all of them to the topic again and again; an operation is an event. A pass is measured from " +
        "the first record in the topic to the last, and latencies are those of whole passes. native reads the same tables in pages and " +
        "has no proof of gaps, no position and no rival; twinToCommands below 3 means that it, or the rig, is wrong. grainCalls is the " +
        "scenario commands in the same run. lag is from the time that an event carries, PostgreSQL's when its transaction began, to the " +
        "handler of Phoenix.Client, at 1,000 commands/s (lagEventsPerSecond is how many came); kafka is a plain record beside it at the " +
        "same rate, from the call that sends it. idleCores is what a publication without events adds to silo and PostgreSQL.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var idle = await IdleCost.CoresAsync(servers, plan, cancellation);
        var figures = await PassesAsync(servers, plan, cancellation);
        var (phoenix, native, grainCalls) = (figures[0], figures[1], figures[2]);
        var lag = await PublishLag.MeasureAsync(servers, plan, cancellation);
        return new Report(Name, figures)
            .With("eventsPerSecond", phoenix.PerSecond)
            .With("twinPerSecond", native.PerSecond)
            .With("commandsPerSecond", grainCalls.PerSecond)
            .With("ratio", phoenix.RatioTo(native), atLeast: 0.8, aim: 0.95)
            .With("ratioToCommands", phoenix.RatioTo(grainCalls), atLeast: 2, aim: 3)
            .With("twinToCommands", native.RatioTo(grainCalls), atLeast: 3)
            .With("lagP50Ms", lag.LagP50Ms, atMost: 2 * lag.KafkaP50Ms + 10, aim: lag.KafkaP50Ms + 10)
            .With("lagP99Ms", lag.LagP99Ms, aim: lag.KafkaP99Ms + 20)
            .With("kafkaP50Ms", lag.KafkaP50Ms)
            .With("kafkaP99Ms", lag.KafkaP99Ms)
            .With("lagEventsPerSecond", lag.PerSecond)
            .With("idleCores", idle, atMost: 0.02);
    }

    private static async Task<IReadOnlyList<SideFigures>> PassesAsync(Servers servers, Plan plan, CancellationToken cancellation)
    {
        await using var stage = new Stage();
        var (phoenix, native) = await new PublishSides(servers, stage).BothAsync(plan.Events, cancellation);
        var grainCalls = await new CommandSides(servers, stage, keys: 1000).PhoenixAsync(cancellation) with { Name = "grainCalls" };
        return await new Rounds(servers, plan).MeasureAsync([phoenix, native, grainCalls], cancellation);
    }
}
