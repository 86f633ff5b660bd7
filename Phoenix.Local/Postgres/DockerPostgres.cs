using System.Security.Cryptography;
using Npgsql;

namespace Phoenix.Local;

/// <summary>A PostgreSQL container, its data in a Docker volume named after the work folder.</summary>
public sealed class DockerPostgres : IWay<PostgresServer>
{
    private const string Image = "postgres:17";

    /// <inheritdoc/>
    public string Name => "Docker engine";

    /// <inheritdoc/>
    public string Advice => DockerEngine.Advice;

    /// <inheritdoc/>
    public async Task<Attempt<PostgresServer>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (await DockerEngine.WhyNotAsync(options, cancellationToken) is { } reason)
            return reason;

        var folder = Directory.CreateDirectory(options.FolderOf("postgres-docker")).FullName;
        var port = new RememberedPort(Path.Combine(folder, "port")).Choose();
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = port, Username = "phoenix", Password = Password(folder), Database = "phoenix", SslMode = SslMode.Disable,
        };
        var name = DockerContainer.NameFor("postgres", options.WorkFolder);
        var container = new ReadyContainer(
            new DockerContainer(name), token => PostgresProbe.WhyNotReadyAsync(settings.ConnectionString, token), options);
        await container.RunAsync(
            [
                "--publish", $"127.0.0.1:{port}:5432", "--volume", $"{name}:/var/lib/postgresql/data", "--shm-size", "256m",
                "--env", "POSTGRES_USER=phoenix", "--env", "POSTGRES_DB=phoenix", Image,
                "-c", "max_connections=200", "-c", "shared_buffers=256MB",
            ],
            new Dictionary<string, string> { ["POSTGRES_PASSWORD"] = settings.Password! },
            cancellationToken);
        return new PostgresServer("docker", settings.ConnectionString, $"PostgreSQL in container {name} ({Image}) at 127.0.0.1:{port}", container);
    }

    private static string Password(string folder)
    {
        var file = Path.Combine(folder, "password");
        if (File.Exists(file))
            return File.ReadAllText(file);
        var access = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using var writer = new StreamWriter(file, access);
        writer.Write(password);
        return password;
    }
}
