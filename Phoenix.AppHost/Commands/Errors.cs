using Phoenix.Local;
using Spectre.Console;

namespace Phoenix.AppHost.Commands;

internal static class Errors
{
    /// <summary>Runs a verb; what a person can act upon is shown as a sentence, not as a stack trace.</summary>
    public static async Task<int> ShownAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (Exception error) when (error is InfrastructureNotFoundException or WorkFolderInUseException or ServerDidNotStartException or IOException or UnauthorizedAccessException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
