using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Passes over the whole log into a topic. A pass is measured from the first record that the topic takes to the last one, so how a side
/// begins is on nobody's account.
/// </summary>
internal sealed class EventPasses(TopicCount topic, int events)
{
    private readonly Loop _loop = new();

    /// <summary>Passes, one after another; operations are events.</summary>
    public async Task<RoundResult> RunAsync(RoundOrder order, Func<Task> begin)
    {
        var (end, counted) = (0L, 0L);
        var result = await _loop.RunAloneAsync(order, async () =>
        {
            var before = await topic.NowAsync();
            end = before + events;
            await begin();
            // What came before it was looked at is not counted either.
            counted += end - await topic.ReachAsync(before + 1);
        }, () => topic.ReachAsync(end));
        return result with
        {
            Operations = counted, Acknowledged = result.Acknowledged * events,
            AllocatedBytes = result.AllocatedBytes / events,
        };
    }
}
