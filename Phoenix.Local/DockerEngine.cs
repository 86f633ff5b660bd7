using System.ComponentModel;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>The Docker engine of this machine, asked through its command-line client.</summary>
internal static class DockerEngine
{
    public const string Advice = "start a Docker engine, so that 'docker info' answers.";

    /// <summary>Why no container can be run here, or <see langword="null"/>.</summary>
    public static async Task<string?> WhyNotAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (Executable.Find("docker", options.Setting("PATH")) is null)
            return "There is no 'docker' on PATH.";
        try
        {
            var info = await CommandRun.ToEndAsync(new Command("docker", "info", "--format", "{{.ServerVersion}}"), cancellationToken);
            return info.Succeeded ? null : $"'docker info' does not answer: {info.Complaint}";
        }
        catch (Win32Exception error)
        {
            return $"'docker' cannot be run: {error.Message}.";
        }
    }
}
