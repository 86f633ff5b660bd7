using System.Globalization;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>A server that a killed predecessor of ours left running, or that is still on its way down.</summary>
internal static class LeftoverProcess
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Stops the process if it is the server we mean, recognised by a path on its command line, and waits until it is gone.
    /// </summary>
    public static async Task EndAsync(int? processId, string mark, int stopSignal, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (processId is not { } id || !await IsAsync(id, mark, cancellationToken))
            return;

        options.Progress($"stopping process {id}, left by an earlier run");
        Signal.Send(id, stopSignal);
        var started = options.Time.GetTimestamp();
        while (await IsAsync(id, mark, cancellationToken))
        {
            if (options.Time.GetElapsedTime(started) > options.StartPatience)
                Signal.Send(id, Signal.Kill);
            await Task.Delay(BetweenLooks, options.Time, cancellationToken);
        }
    }

    /// <summary>Process ids are used again: only the command line tells whether this is the one.</summary>
    public static async Task<bool> IsAsync(int processId, string mark, CancellationToken cancellationToken) =>
        (await CommandLineAsync(processId, cancellationToken)).Contains(mark, StringComparison.Ordinal);

    private static async Task<string> CommandLineAsync(int processId, CancellationToken cancellationToken)
    {
        var id = processId.ToString(CultureInfo.InvariantCulture);
        if (!OperatingSystem.IsLinux())
            return (await CommandRun.ToEndAsync(new Command("ps", "-p", id, "-o", "args="), cancellationToken)).Output;
        try
        {
            return await File.ReadAllTextAsync($"/proc/{id}/cmdline", cancellationToken);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
