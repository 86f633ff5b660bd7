using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// Runs Marten's asynchronous projections on one silo at a time: the one that holds a lease by PostgreSQL's clock. Marten's own HotCold
/// mode needs a distributed-lock package that not every registry serves (decision 0003). Should two silos run them for a moment, Marten's
/// progression check lets only one of the two daemons advance.
/// </summary>
internal sealed partial class ProjectionDaemon(
    ILogStore store, LeaseTable leases, ILogFollower log, ProjectionDaemons daemons, ProjectionProgress progress, ProjectionWatch watch,
    ProjectionOptions options, TimeProvider time, ILogger<ProjectionDaemon> logger) : BackgroundService
{
    private const string Lease = "projections";
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    private readonly string _owner = $"{Environment.MachineName} {Guid.NewGuid():N}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.Options.Events.Projections().Count == 0) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.TakeAsync(Lease, _owner, options.LeaseTime) is not null) await LeadAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(exception);
            }

            await Task.Delay(2 * Rhythm, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        var marten = (DocumentStore)store;
        string[] all = [.. marten.Options.Projections.AllShards().Select(shard => shard.Name.Identity)];
        using var daemon = daemons.Create(marten, logger);
        var stopped = new StoppedProjections(options, time, logger);
        await daemon.StartAllAsync();
        LogLeading();
        try
        {
            while (!stoppingToken.IsCancellationRequested && await leases.TakeAsync(Lease, _owner, options.LeaseTime) is not null)
            {
                await stopped.LookAsync(daemon, stoppingToken);
                await StartMissingAsync(daemon, all, stoppingToken);
                await LearnAsync(all, stopped);
                await Task.Delay(Rhythm, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            watch.LetGo();
            await daemon.StopAllAsync();
            await LeaveAsync();
        }
    }

    /// <summary>
    /// Marten writes to its log that a projection could not be started, for example because the database was away just then, and leaves it at
    /// that: nobody would know of it any more.
    /// </summary>
    private static async Task StartMissingAsync(IProjectionDaemon daemon, string[] all, CancellationToken stoppingToken)
    {
        foreach (var name in all.Except(daemon.CurrentAgents().Select(agent => agent.Name.Identity)).ToList())
            await daemon.StartAgentAsync(name, stoppingToken);
    }

    // Of all, also those that do not run: they are late soon.
    private async Task LearnAsync(string[] all, StoppedProjections stopped)
    {
        var found = await progress.OfAsync(all);
        watch.Learned([.. found.Select(one => new ProjectionState(
            one.Name, one.Position, one.End, one.Late, stopped.Of(one.Name), one.Late > options.LateAfter ? log.Progress.HeldUp : null))]);
    }

    private async Task LeaveAsync()
    {
        try
        {
            await leases.LeaveAsync(Lease, _owner);
        }
        catch (LogUnavailableException exception)
        {
            LogLost(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo runs the projections.")]
    private partial void LogLeading();

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "This silo does not run the projections at the moment; whichever silo gets the lease does.")]
    private partial void LogLost(Exception exception);
}
