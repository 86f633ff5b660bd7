using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// Runs those of Marten's asynchronous projections that this silo has the leases of. The silos share them evenly, each those of its own
/// build: two builds with two versions of a projection run them beside each other (decisions 0003 and 0036).
/// </summary>
internal sealed partial class ProjectionDaemon(
    ILogStore store, ProjectionLeases leases, ProjectionFence fence, ILogFollower log, ProjectionDaemons daemons,
    ProjectionProgress progress, ProjectionVersions versions, ProjectionWatch watch, ProjectionOptions options, TimeProvider time,
    ILogger<ProjectionDaemon> logger) : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.Options.Events.Projections().Count == 0) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(exception);
            }

            await Task.Delay(2 * Rhythm, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var marten = (DocumentStore)store;
        string[] all = [.. marten.Options.Projections.AllShards().Select(shard => shard.Name.Identity)];
        fence.Guard(marten);
        using var daemon = daemons.Create(marten, logger);
        var stopped = new StoppedProjections(options, time, logger);
        var learning = new ProjectionLearning(progress, versions, log, options, time);
        var held = new Dictionary<string, long>();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var silos = await ShareAsync(daemon, stopped, all, held);
                await stopped.LookAsync(daemon, stoppingToken);
                await StartMissingAsync(daemon, held.Keys, stoppingToken);
                // Of those that nobody runs every silo tells: they are late soon.
                var others = silos.Where(silo => silo.Owner != leases.Owner).SelectMany(silo => silo.Holds).ToHashSet();
                string[] told = [.. all.Where(name => held.ContainsKey(name) || !others.Contains(name))];
                watch.Learned(await learning.LookAsync(told, stopped), held.Count > 0);
                await Task.Delay(Rhythm, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            watch.LetGo();
            await daemon.StopAllAsync();
            fence.Holds(new Dictionary<string, long>(), null);
            await LeaveAsync();
        }
    }

    /// <summary>Prolongs what is held, stops what is lost, and takes or gives what makes the shares even.</summary>
    private async Task<IReadOnlyList<ProjectingSilo>> ShareAsync(
        IProjectionDaemon daemon, StoppedProjections stopped, string[] all, Dictionary<string, long> held)
    {
        var prolonged = time.GetTimestamp();
        var still = await leases.ProlongAsync(all, held.Keys);
        var lost = held.Keys.Except(still.Keys).ToList();
        held.Clear();
        foreach (var (name, epoch) in still) held.Add(name, epoch);
        // While one that is lost may still write each batch asks.
        fence.Holds(held, lost.Count == 0 ? prolonged : null);
        foreach (var name in lost)
        {
            LogLost(name);
            await StopAsync(daemon, stopped, name);
        }

        var silos = await leases.LookAsync();
        foreach (var name in ProjectionShares.Take(leases.Owner, silos))
        {
            if (await leases.TakeAsync(name) is not { } epoch) continue;
            held[name] = epoch;
            LogRunning(name, epoch);
        }

        if (ProjectionShares.Give(leases.Owner, silos) is { } given && held.Remove(given))
        {
            await StopAsync(daemon, stopped, given);
            await leases.GiveAsync(given);
            LogGiven(given);
        }

        fence.Holds(held, prolonged);
        return silos;
    }

    private static async Task StopAsync(IProjectionDaemon daemon, StoppedProjections stopped, string name)
    {
        await daemon.StopAgentAsync(name);
        stopped.Forget(name);
    }

    /// <summary>
    /// Marten writes to its log that a projection could not be started, for example because the database was away just then, and leaves it
    /// at that: nobody would know of it any more.
    /// </summary>
    private static async Task StartMissingAsync(IProjectionDaemon daemon, IEnumerable<string> held, CancellationToken stoppingToken)
    {
        foreach (var name in held.Except(daemon.CurrentAgents().Select(agent => agent.Name.Identity)).ToList())
            await daemon.StartAgentAsync(name, stoppingToken);
    }

    private async Task LeaveAsync()
    {
        try
        {
            await leases.LeaveAsync();
        }
        catch (LogUnavailableException exception)
        {
            LogLost(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo runs the projection '{Projection}', with epoch {Epoch}.")]
    private partial void LogRunning(string projection, long epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo leaves the projection '{Projection}' to one that runs fewer.")]
    private partial void LogGiven(string projection);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "This silo has lost the lease of the projection '{Projection}': it did not prolong it in time. Another runs it.")]
    private partial void LogLost(string projection);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "This silo runs no projections at the moment; whichever silo gets their leases does.")]
    private partial void LogLost(Exception exception);
}
