using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>Waits until a started server answers, its process ends or the patience is used up.</summary>
internal static class Readiness
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The probe asks the server once: <see langword="null"/> when it is ready, otherwise why not. There is no process of ours when the
    /// server runs in a container.
    /// </summary>
    public static async Task WaitAsync(
        string server, SupervisedProcess? process, Func<CancellationToken, Task<string?>> probe, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        while (await probe(cancellationToken) is { } notYet)
        {
            if (process is { HasExited: true })
                throw new ServerDidNotStartException(server, $"its process ended with exit code {process.ExitCode}.", process.LogTail());
            if (options.Time.GetElapsedTime(started) > options.StartPatience)
                throw new ServerDidNotStartException(server, $"no answer within {options.StartPatience.TotalSeconds:0} s ({notYet}).", process?.LogTail() ?? "(see 'docker logs')");
            await Task.Delay(BetweenProbes, options.Time, cancellationToken);
        }
    }
}
