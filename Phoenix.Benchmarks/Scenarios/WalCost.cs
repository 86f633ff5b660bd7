using Phoenix.Benchmarks.Rig;
using Spectre.Console;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>
/// Write-ahead log of a side's operations, in bytes each. A round before it is not counted and no checkpoint is between, or the pages that
/// PostgreSQL logs as a whole after one would be charged by how short the round is.
/// </summary>
internal static class WalCost
{
    public static async Task<double> BytesEachAsync(Servers servers, Side side, Plan plan, CancellationToken cancellation)
    {
        await servers.CheckpointAsync(cancellation);
        await RoundAsync();
        var before = await servers.WrittenAheadAsync(cancellation);
        var operations = await RoundAsync();
        var bytes = (await servers.WrittenAheadAsync(cancellation) - before) / operations;
        AnsiConsole.MarkupLineInterpolated($"[grey]write-ahead log, {side.Name}: {bytes:N0} bytes each[/]");
        return bytes;

        async Task<long> RoundAsync()
        {
            var result = await side.Driver.RunAsync(new(plan.SecondsARound), cancellation);
            return result.Failures == 0 ? result.Operations
                : throw new PartFailedException($"An operation of '{side.Name}' failed: {result.FirstFailure}");
        }
    }
}
