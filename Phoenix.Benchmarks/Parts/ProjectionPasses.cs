using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Passes of a projection over the whole log. A pass is measured from the first batch that is in the table to the last one, so how a side
/// begins is on nobody's account. After each the table is held against the log.
/// </summary>
internal sealed class ProjectionPasses(ProjectedTotals totals)
{
    private readonly Loop _loop = new();

    /// <summary>Passes, one after another; operations are events.</summary>
    public async Task<RoundResult> RunAsync(RoundOrder order, Func<Task> start, Func<Task> stop)
    {
        var (end, counted, passes) = (await totals.EndAsync(), 0L, 0L);
        var result = await _loop.RunAloneAsync(order, async () =>
        {
            await StopAsync();
            await totals.ResetAsync();
            await start();
            counted += end - await totals.ReachAsync(1);
            passes++;
        }, () => totals.ReachAsync(end));
        await StopAsync();
        return result with { Operations = counted, AllocatedBytes = counted == 0 ? 0 : result.AllocatedBytes * result.Operations / counted };

        async Task StopAsync()
        {
            await stop();
            if (passes > 0) await totals.CheckAsync();
        }
    }
}
