using Phoenix.Benchmarks.Rig;
using Spectre.Console;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>
/// What a publication costs that has nothing to do: processor time of a silo and of PostgreSQL with one, minus without one. Each silo is
/// alone while it is measured.
/// </summary>
internal static class IdleCost
{
    /// <summary>In cores, over twice the measured time of a side.</summary>
    public static async Task<double> CoresAsync(Servers servers, Plan plan, CancellationToken cancellation)
    {
        var without = await CoresOfAsync(publishes: false);
        var with = await CoresOfAsync(publishes: true);
        AnsiConsole.MarkupLineInterpolated($"[grey]idle: {with:N4} cores with a publication, {without:N4} without[/]");
        return with - without;

        async Task<double> CoresOfAsync(bool publishes)
        {
            await using var stage = new Stage();
            var side = await new PublishSides(servers, stage).IdleAsync(publishes, cancellation);
            await Task.Delay(TimeSpan.FromSeconds(plan.WarmUpSeconds), cancellation);
            await servers.CheckpointAsync(cancellation);
            var (before, seconds) = (servers.Cpu(side), plan.Seconds * 2);
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
            var used = servers.Cpu(side).Since(before);
            return ((used.Silo ?? 0) + (used.Postgres ?? 0)) / seconds;
        }
    }
}
