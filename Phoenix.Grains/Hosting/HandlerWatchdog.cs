using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Aggregates;
using Phoenix.Deciding;

namespace Phoenix.Hosting;

/// <summary>
/// Tells of handlers that do not return. One that awaits is cut off at its time limit by its own loop; one that blocks its thread, or
/// goes round for ever, takes the loop with it, and .NET cannot abort it.
/// </summary>
internal sealed partial class HandlerWatchdog(
    DecisionWatch watch, StuckStacks stacks, AggregateOptions options, TimeProvider time, ILogger<HandlerWatchdog> logger)
    : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Rhythm, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look();
                await stacks.TellAsync(watch.Stuck);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private void Look()
    {
        // Twice: what awaits ends at its limit, and on a busy machine a little later.
        var (found, returned) = watch.Look(options.HandlerTimeLimit * 2);
        foreach (var stuck in found)
        {
            DecidingInstruments.Stuck(stuck);
            LogStuck(stuck.Name, stuck.Stream, stuck.Since, options.HandlerTimeLimit.TotalSeconds);
        }

        foreach (var stuck in returned) LogReturned(stuck.Name, stuck.Stream, stuck.Since);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of '{Name}' in '{Stream}' runs since {Since:O} and does not return; its limit is {Limit} s. Nothing else of this "
        + "aggregate is decided until it does, or until the silo is started again: look for a lock, a blocking call or an endless loop in it.")]
    private partial void LogStuck(string name, string stream, DateTimeOffset since, double limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handler of '{Name}' in '{Stream}', which ran since {Since:O}, has returned.")]
    private partial void LogReturned(string name, string stream, DateTimeOffset since);
}
