using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Rig;
using Spectre.Console;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>
/// How old events are in a consumer's hand while commands arrive, beside plain records under the same load. Medians of windows.
/// </summary>
internal sealed record PublishLag(double LagP50Ms, double LagP99Ms, double KafkaP50Ms, double KafkaP99Ms, double PerSecond)
{
    private const double Rate = 1_000;
    private const int Windows = 7;

    public static async Task<PublishLag> MeasureAsync(Servers servers, Plan plan, CancellationToken cancellation)
    {
        await using var stage = new Stage();
        var (silo, client) = await new PublishSides(servers, stage).LiveAsync(cancellation);
        await WindowAsync(plan.WarmUpSeconds);
        var windows = new List<Dictionary<string, double>>();
        for (var number = 1; number <= Windows; number++)
        {
            var one = await WindowAsync(plan.SecondsARound);
            windows.Add(one);
            var lag = $"p50 {one[PublishClient.LagP50]:N1} ms, p99 {one[PublishClient.LagP99]:N1} ms";
            var plain = $"p50 {one[PublishClient.KafkaP50]:N1} ms, p99 {one[PublishClient.KafkaP99]:N1} ms";
            AnsiConsole.MarkupLineInterpolated($"[grey]window {number} of {Windows}: events {lag}; plain records {plain}[/]");
        }

        return new(
            Of(PublishClient.LagP50), Of(PublishClient.LagP99), Of(PublishClient.KafkaP50), Of(PublishClient.KafkaP99),
            Of(PublishClient.Events) / plan.SecondsARound);

        double Of(string name) => Medians.Of(windows.Select(window => window[name]));

        async Task<Dictionary<string, double>> WindowAsync(double seconds)
        {
            await servers.CheckpointAsync(cancellation);
            // Commands last longer than the window, so that its end is seen.
            var deciding = silo.RunAsync(new(seconds + OpenLoop.Tail.TotalSeconds * 2, Rate), cancellation);
            var seen = await client.RunAsync(new(seconds, Rate), cancellation);
            var decided = await deciding;
            if (decided.Failures + seen.Failures > 0)
                throw new PartFailedException($"An operation failed: {decided.FirstFailure ?? seen.FirstFailure}");
            if (seen.Extra[PublishClient.Events] == 0) throw new PartFailedException("No event came in a window.");
            return seen.Extra;
        }
    }
}
