using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>Foreign records in, one command each.</summary>
internal sealed class SubscribeScenario : Scenario
{
    public override string Name => "subscribe";

    public override bool NeedsKafka => true;

    public override string Notes =>
        "4,096 records under way, 1,000 aggregates, one event each; who writes the records is a plain producer in the silo's process. kafka " +
        "are commands of ours that ask for no reply, subscribed foreign records of JSON that a converter makes a command each of. A round " +
        "ends when all its records are done, so latencies are those of whole rounds.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var sides = new IncomingSides(servers, started);
        var figures = await new Rounds(servers, plan).MeasureAsync(
            [await sides.SubscribedAsync(cancellation), await sides.KafkaAsync(cancellation), await sides.GrainCallsAsync(cancellation)],
            cancellation);
        var (subscribed, kafka, grainCalls) = (figures[0], figures[1], figures[2]);
        return new Report(Name, figures)
            .With("subscribedPerSecond", subscribed.PerSecond)
            .With("kafkaPerSecond", kafka.PerSecond)
            .With("commandsPerSecond", grainCalls.PerSecond)
            .With("subscribedRatio", subscribed.RatioTo(kafka), atLeast: 0.8);
    }
}
