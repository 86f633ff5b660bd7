using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Phoenix.Health;

/// <summary>
/// Ends a process that was told to stop and has not ended by itself when the drain's time is over. A silo without its database would
/// otherwise try for minutes to take its leave of the membership table. It is a crash, and survived as one: what was not committed comes
/// again.
/// </summary>
internal sealed class ShutdownLimit : IDisposable
{
    // For what comes after the drain: disposal, the last lines of the log.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly ManualResetEventSlim _ended = new();
    private readonly CancellationTokenRegistration _stopping;

    private ShutdownLimit(IHost host)
    {
        _stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() =>
        {
            var options = host.Services.GetRequiredService<ShutdownOptions>();
            Watch(options.NotReadyDelay + options.DrainTimeLimit + Grace);
        });
    }

    /// <summary>Runs a host and returns when it has stopped. One that cannot start is stopped, too.</summary>
    /// <param name="host">A host with <see cref="PhoenixHealth.AddPhoenixHealth"/>.</param>
    internal static async Task RunAsync(IHost host)
    {
        using var limit = new ShutdownLimit(host);
        await using var _ = (IAsyncDisposable)host;
        try
        {
            await host.StartAsync();
        }
        catch
        {
            // What had started takes its leave: a silo that is only gone is waited for by the next one.
            await host.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await host.WaitForShutdownAsync();
    }

    /// <summary>Calls the watch off.</summary>
    public void Dispose()
    {
        _ended.Set();
        _stopping.Dispose();
    }

    // A thread of its own: what hangs may well be the pool.
    private void Watch(TimeSpan limit) => new Thread(() =>
    {
        if (_ended.Wait(limit)) return;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not stopped {limit.TotalSeconds:0} s after being told to: ending the process. What was not committed comes again."));
        Environment.Exit(1);
    }) { IsBackground = true, Name = "shutdown limit" }.Start();
}
