using JasperFx;
using Marten;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Phoenix.Hosting;

/// <summary>
/// Runs Marten's async projections on one silo at a time: the one that holds an advisory lock. Marten's own HotCold mode needs a distributed-lock
/// package that not every registry serves (<c>docs/decisions/0003</c>). Should a silo lose its lock unnoticed for a moment, Marten's progression check
/// lets only one of two daemons advance.
/// </summary>
internal sealed partial class ProjectionDaemon(IDocumentStore store, PhoenixOptions options, TimeProvider time, ILogger<ProjectionDaemon> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.Options.Events.Projections().Count == 0) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LeadAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(exception);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        var own = new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = "phoenix-projection-lock", Pooling = false, KeepAlive = 5 };
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.OpenAsync(stoppingToken);
        if (!await IsTrueAsync(connection, "select pg_try_advisory_lock(hashtextextended($1, 0))", stoppingToken)) return;
        using var daemon = await store.BuildProjectionDaemonAsync(logger: logger);
        await daemon.StartAllAsync();
        LogLeading(options.Schema);
        try
        {
            // The lock lives as long as its session: each look at it fails when the session is gone.
            while (await IsTrueAsync(connection, "select $1 is not null", stoppingToken))
            {
                // Marten halts a shard that fails and leaves it to us to start it again. One fails when a batch of the silo that led before committed after we had
                // read where it was; from where it is now all goes on.
                if (daemon.CurrentAgents().FirstOrDefault(agent => agent.Status != AgentStatus.Running) is { } halted)
                {
                    LogHalted(halted.Name.Identity, halted.Status);
                    return;
                }

                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        finally
        {
            await daemon.StopAllAsync();
        }
    }

    private async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = $"phoenix-projections:{options.Schema}" } }, CommandTimeout = 5 };
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo runs the projections of schema '{Schema}'.")]
    private partial void LogLeading(string schema);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Projection '{Shard}' is {Status}, for a reason that Marten has logged; it is started again by whichever silo gets the lock.")]
    private partial void LogHalted(string shard, AgentStatus status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This silo does not run the projections at the moment; whichever silo gets the lock does.")]
    private partial void LogLost(Exception exception);
}
