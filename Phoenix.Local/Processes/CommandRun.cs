using System.Diagnostics;

namespace Phoenix.Local.Processes;

/// <summary>A command that ran to its end.</summary>
internal sealed record CommandRun(Command Command, int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    public string Complaint => LastLines.Of(Errors.Trim().Length > 0 ? Errors : Output, 5);

    public static async Task<CommandRun> ToEndAsync(Command command, CancellationToken cancellationToken)
    {
        using var process = Start(command);
        try
        {
            await process.StandardInput.WriteAsync(command.Input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new CommandRun(command, process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    public static async Task<CommandRun> SuccessfullyAsync(Command command, CancellationToken cancellationToken)
    {
        var run = await ToEndAsync(command, cancellationToken);
        return run.Succeeded
            ? run
            : throw new InvalidOperationException($"'{command}' ended with exit code {run.ExitCode}, expected 0: {run.Complaint}");
    }

    private static Process Start(Command command)
    {
        var start = new ProcessStartInfo(command.File, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.Folder ?? "",
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
