namespace Phoenix.Local;

/// <summary>A one-node broker run by the Apache Kafka installation that the environment variable <c>KAFKA_HOME</c> names.</summary>
public sealed class InstalledKafka : IWay<KafkaBroker>
{
    /// <summary>Name of the environment variable that holds the installation's folder.</summary>
    public const string Variable = "KAFKA_HOME";

    /// <inheritdoc/>
    public string Name => Variable;

    /// <inheritdoc/>
    public string Advice =>
        $"set {Variable} to the folder of an Apache Kafka installation (3.3 or later) and install Java {JavaRuntime.Needed} or later.";

    /// <inheritdoc/>
    public async Task<Attempt<KafkaBroker>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (options.Setting(Variable) is not { } home)
            return "It is not set.";
        if (OperatingSystem.IsWindows())
            return "An installation is started on Linux and macOS only.";
        if (!File.Exists(Path.Combine(home, "bin", "kafka-server-start.sh")))
        {
            // Whoever set it will wonder at another broker.
            options.Progress($"Kafka: {Variable} did not work: {home} holds no bin/kafka-server-start.sh");
            return $"{home} holds no bin/kafka-server-start.sh.";
        }

        var java = await JavaRuntime.FindAsync(options, cancellationToken);
        var folder = new KafkaFolder(options.FolderOf("kafka"));
        var hadData = folder.IsFormatted;
        var node = new KafkaNode(home, java, folder, options);
        try
        {
            await node.StartAsync(cancellationToken);
            return new KafkaBroker("kafka", node.BootstrapServers, node.Description, new KafkaAdministration(node.BootstrapServers, options.Time), node);
        }
        catch (Exception error)
        {
            await node.DisposeAsync();
            if (!hadData || error is OperationCanceledException)
                throw;

            // From here on another way would start with an empty broker where people expect their records.
            throw new InfrastructureNotFoundException("Kafka", [
                new FailedWay(
                    Name, $"The work folder holds a broker's data that could not be opened. {error.Message}",
                    $"mend that, or delete {folder.Root} with all its records, or choose another work folder."),
            ]);
        }
    }
}
