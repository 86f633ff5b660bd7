using Spectre.Console;

namespace Phoenix.Benchmarks.Rig;

/// <summary>
/// Runs sides one at a time and in turns: warm-up of each, then A B C, A B C, and so on, in processes that live through all of it.
/// </summary>
internal sealed class Rounds(Servers servers, Plan plan)
{
    private const int Slices = 5;
    private const double Steady = 0.05;

    /// <summary>Warms every side up and measures all of them in turns.</summary>
    /// <exception cref="PartFailedException">An operation failed, or storage does not hold what was acknowledged.</exception>
    public async Task<IReadOnlyList<SideFigures>> MeasureAsync(IReadOnlyList<Side> sides, CancellationToken cancellation)
    {
        var warmUps = new List<IReadOnlyList<double>>();
        foreach (var side in sides) warmUps.Add(await WarmUpAsync(side, cancellation));
        var rounds = sides.Select(_ => new List<RoundFigures>()).ToList();
        for (var round = 1; round <= plan.Rounds; round++)
        {
            for (var i = 0; i < sides.Count; i++)
            {
                var figures = await OnceAsync(sides[i], new(plan.SecondsARound), cancellation);
                rounds[i].Add(figures);
                AnsiConsole.MarkupLineInterpolated($"[grey]round {round} of {plan.Rounds}, {sides[i].Name}: {figures.PerSecond:N0}/s, p99 {figures.Result.P99Ms:N1} ms[/]");
            }
        }

        foreach (var side in sides.Zip(rounds)) await CheckEffectsAsync(side.First, side.Second[^1].Result.Acknowledged);
        return [.. sides.Select((side, i) => new SideFigures(side, rounds[i], warmUps[i]))];
    }

    /// <summary>One round of one side.</summary>
    public async Task<RoundFigures> OnceAsync(Side side, RoundOrder order, CancellationToken cancellation)
    {
        // What the side before left dirty is written back on nobody's account.
        await servers.CheckpointAsync(cancellation);
        var (before, machine) = (servers.Cpu(side), MachineCpu.Now());
        var result = await side.Driver.RunAsync(order, cancellation);
        var used = servers.Cpu(side).Since(before);
        var disturbance = MachineCpu.Now().Since(machine, used);
        if (result.Failures > 0) throw new PartFailedException($"{result.Failures} operation(s) of '{side.Name}' failed; the first: {result.FirstFailure}");
        if (result.Operations == 0) throw new PartFailedException($"'{side.Name}' did nothing in {order.Seconds:0.#} s.");
        return new(result, used.MicrosecondsEach(result.Operations), disturbance);
    }

    /// <summary>At least the planned time; then, up to twice of it, until a slice is no faster than the one before.</summary>
    private async Task<IReadOnlyList<double>> WarmUpAsync(Side side, CancellationToken cancellation)
    {
        var rates = new List<double>();
        while (rates.Count < Slices || (rates.Count < 2 * Slices && rates[^1] > rates[^2] * (1 + Steady)))
            rates.Add((await OnceAsync(side, new(plan.WarmUpSeconds / Slices), cancellation)).PerSecond);
        AnsiConsole.MarkupLineInterpolated($"[grey]warm-up, {side.Name}: {string.Join(", ", rates.Select(rate => $"{rate:N0}"))} /s[/]");
        return rates;
    }

    private static async Task CheckEffectsAsync(Side side, long acknowledged)
    {
        if (side.CountEffectsAsync is null) return;
        var found = await side.CountEffectsAsync();
        if (found != acknowledged) throw new PartFailedException($"'{side.Name}' acknowledged {acknowledged:N0} operations; storage holds {found:N0}.");
    }
}
