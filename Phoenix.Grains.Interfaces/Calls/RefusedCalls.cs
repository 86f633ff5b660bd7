using System.Diagnostics;

namespace Phoenix.Calls;

/// <summary>
/// Repeats a call to an aggregate that Orleans refused because a silo was leaving or had left: the next one goes to where the aggregate is
/// now. A command that had been decided all the same is answered from the ledger, and a query changes nothing.
/// </summary>
internal sealed class RefusedCalls : IOutgoingGrainCallFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public Task Invoke(IOutgoingGrainCallContext context) => context.Grain is IAggregateGrain ? UntilTakenAsync(context) : context.Invoke();

    private static async Task UntilTakenAsync(IOutgoingGrainCallContext context)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (Exception refused) when (refused is OrleansMessageRejectionException or SiloUnavailableException && Stopwatch.GetElapsedTime(started) < Limit)
            {
                await Task.Delay(Pause);
            }
        }
    }
}
