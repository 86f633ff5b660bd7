using Microsoft.Extensions.Hosting;

namespace Phoenix.Health;

/// <summary>
/// Holds the stop back for <see cref="ShutdownOptions.NotReadyDelay"/>. The host calls this before it stops anything, and the check has
/// turned by then, so all still works and load balancers can take the process out.
/// </summary>
internal sealed class ShutdownDelay(ShutdownOptions options, TimeProvider time) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        options.NotReadyDelay > TimeSpan.Zero ? Task.Delay(options.NotReadyDelay, time, cancellationToken) : Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
