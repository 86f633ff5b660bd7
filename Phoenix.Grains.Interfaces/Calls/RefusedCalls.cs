using System.Diagnostics;

namespace Phoenix.Calls;

/// <summary>
/// Repeats a call to an aggregate that Orleans refused because a silo was leaving or had left: the next one goes to where the aggregate is now. A command that had
/// been decided all the same is answered from the ledger, and a query changes nothing.
/// </summary>
internal sealed class RefusedCalls : IOutgoingGrainCallFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.Grain is not IAggregateGrain)
        {
            await context.Invoke();
            return;
        }

        var started = Stopwatch.GetTimestamp();
        while (await IsRefusedAsync(context) && Stopwatch.GetElapsedTime(started) < Limit) await Task.Delay(Pause);
    }

    private static async Task<bool> IsRefusedAsync(IOutgoingGrainCallContext context)
    {
        await context.Invoke();
        return context.Response?.Exception is OrleansMessageRejectionException or SiloUnavailableException;
    }
}
