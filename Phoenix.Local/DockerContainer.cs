using System.Security.Cryptography;
using System.Text;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>A container whose data lies in a volume of the same name; both names follow from the work folder.</summary>
internal sealed class DockerContainer(string name) : IServerControl
{
    public string Name { get; } = name;

    public int? ProcessId => null;

    public static string NameFor(string server, string workFolder) =>
        $"phoenix-{server}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(workFolder))))[..12]}";

    /// <summary>
    /// Starts the container anew; one of that name left by an earlier run is removed first, its volume stays. Secrets are variables
    /// handed over by name, so that their values stand on no command line.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        await CommandRun.ToEndAsync(new Command("docker", "rm", "--force", Name), cancellationToken);
        var byName = secrets.Keys.SelectMany(key => new[] { "--env", key });
        await CommandRun.SuccessfullyAsync(
            new Command("docker", ["run", "--detach", "--name", Name, .. byName, .. arguments]) { Environment = secrets }, cancellationToken);
    }

    public Task StopAsync(bool immediate) =>
        CommandRun.SuccessfullyAsync(immediate ? new Command("docker", "kill", Name) : new Command("docker", "stop", "--time", "60", Name), CancellationToken.None);

    public Task StartAgainAsync(CancellationToken cancellationToken) =>
        CommandRun.SuccessfullyAsync(new Command("docker", "start", Name), cancellationToken);


    public async ValueTask DisposeAsync()
    {
        await CommandRun.ToEndAsync(new Command("docker", "stop", "--time", "60", Name), CancellationToken.None);
        await CommandRun.ToEndAsync(new Command("docker", "rm", Name), CancellationToken.None);
    }
}
