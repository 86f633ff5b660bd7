using Microsoft.Extensions.Hosting;

namespace Phoenix.Health;

/// <summary>A program that is a host.</summary>
public static class HostProgram
{
    /// <summary>
    /// Runs a host until it has stopped. One that cannot start says why in the last line of its error output: an exception that nobody
    /// catches would end the process as a crash does, with a dump.
    /// </summary>
    /// <param name="build">Builds a host with <see cref="PhoenixHealth.AddPhoenixHealth"/>.</param>
    /// <returns>The exit code: 0, or 1 when the host could not be built, could not start or has failed.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        IHost? host = null;
        try
        {
            host = build();
            await ShutdownLimit.RunAsync(host);
            return 0;
        }
        catch (Exception error)
        {
            // A host that is built logs by itself where it failed.
            if (host is null) Console.Error.WriteLine(error);
            Console.Error.WriteLine($"{AppDomain.CurrentDomain.FriendlyName} ends: {Reason(error).ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    private static string Reason(Exception error) => error is AggregateException several
        ? string.Join(" ", several.Flatten().InnerExceptions.Select(static each => each.Message))
        : error.Message;
}
