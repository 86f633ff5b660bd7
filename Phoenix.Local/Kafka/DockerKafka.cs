namespace Phoenix.Local;

/// <summary>An Apache Kafka container, its records in a Docker volume named after the work folder.</summary>
public sealed class DockerKafka : IWay<KafkaBroker>
{
    private const string Image = "apache/kafka:4.1.0";
    private const string Data = "/var/lib/kafka/data";
    private const int ControllerPort = 9093;

    /// <inheritdoc/>
    public string Name => "Docker engine";

    /// <inheritdoc/>
    public string Advice => DockerEngine.Advice;

    /// <inheritdoc/>
    public async Task<Attempt<KafkaBroker>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (await DockerEngine.WhyNotAsync(options, cancellationToken) is { } reason)
            return reason;

        var folder = Directory.CreateDirectory(options.FolderOf("kafka-docker")).FullName;
        var port = new RememberedPort(Path.Combine(folder, "port")).Choose();
        var servers = $"127.0.0.1:{port}";
        var administration = new KafkaAdministration(servers, options.Time);
        var name = DockerContainer.NameFor("kafka", options.WorkFolder);
        var container = new ReadyContainer(new DockerContainer(name), administration.WhyNotReadyAsync, options);
        await container.RunAsync(
            ["--publish", $"127.0.0.1:{port}:{port}", "--volume", $"{name}:{Data}", .. Settings(port), Image],
            new Dictionary<string, string>(), cancellationToken);
        return new KafkaBroker("docker", servers, $"Kafka in container {name} ({Image}) at {servers}", administration, container);
    }

    // The image turns a variable KAFKA_A_B into the property a.b. Its scripts and settings are those of any other installation.
    private static IEnumerable<string> Settings(int port) =>
        KafkaProperties.For(Data, "0.0.0.0", port, ControllerPort)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split('=', 2))
            .SelectMany(setting => new[] { "--env", $"KAFKA_{setting[0].Replace('.', '_').ToUpperInvariant()}={setting[1]}" });
}
