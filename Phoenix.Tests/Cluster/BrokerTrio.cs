using Confluent.Kafka;
using Phoenix.Local;
using Phoenix.Local.Processes;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// Three Apache Kafka brokers that are their own controllers. A topic with three replicas takes a write when two of them have it.
/// </summary>
internal sealed class BrokerTrio : IAsyncDisposable
{
    public const short Size = 3;

    private readonly InfrastructureOptions _options;
    private readonly Command[] _servers;
    private readonly SupervisedProcess?[] _running = new SupervisedProcess?[Size];
    private readonly int[] _ports;

    private BrokerTrio(InfrastructureOptions options, int[] ports, Command[] servers)
    {
        (_options, _ports, _servers) = (options, ports, servers);
        var all = string.Join(',', ports.Select(port => $"127.0.0.1:{port}"));
        Broker = new("kafka", all, $"three brokers at {all}", new KafkaAdministration(all, options.Time), control: null);
    }

    /// <summary>The three of them, as clients see them.</summary>
    public KafkaBroker Broker { get; }

    public static async Task<BrokerTrio> StartAsync(TestFolder folder)
    {
        var options = TestOptions.In(folder) with { StartPatience = SiloCluster.Patience };
        var home = options.Setting(InstalledKafka.Variable)!;
        var java = await JavaRuntime.FindAsync(options, TestContext.Current.CancellationToken);
        var (ports, controllers) = (NewPorts(), NewPorts());
        var quorum = string.Join(',', controllers.Select((port, number) => $"{number}@127.0.0.1:{port}"));
        var servers = new Command[Size];
        for (var number = 0; number < Size; number++)
        {
            var root = Directory.CreateDirectory(Path.Combine(folder.Path, $"broker-{number}")).FullName;
            var properties = Path.Combine(root, "server.properties");
            await File.WriteAllTextAsync(properties, Properties(number, Path.Combine(root, "data"), ports[number], controllers[number], quorum));
            Command Tool(string name, params string[] arguments) => new(Path.Combine(home, "bin", name), arguments)
            {
                Folder = root,
                Environment = new Dictionary<string, string>
                {
                    ["JAVA_HOME"] = Path.GetDirectoryName(Path.GetDirectoryName(java.Program))!,
                    ["LOG_DIR"] = root,
                    ["KAFKA_HEAP_OPTS"] = "-Xms64m -Xmx384m",
                },
            };
            await CommandRun.SuccessfullyAsync(Tool("kafka-storage.sh", "format", "--cluster-id", "PhoenixTestClusterIdAA", "--config", properties), TestContext.Current.CancellationToken);
            servers[number] = Tool("kafka-server-start.sh", properties);
        }

        var trio = new BrokerTrio(options, ports, servers);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Size).Select(trio.StartAsync));
            return trio;
        }
        catch
        {
            await trio.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a broker that does not run and waits until it answers.</summary>
    public async Task StartAsync(int number)
    {
        var process = _running[number] = SupervisedProcess.Start(_servers[number], "TERM", Path.Combine(_servers[number].Folder!, "kafka.log"), []);
        var administration = new KafkaAdministration($"127.0.0.1:{_ports[number]}", _options.Time);
        await Readiness.WaitAsync($"broker {number}", process, administration.WhyNotReadyAsync, _options, TestContext.Current.CancellationToken);
    }

    /// <summary>A crash.</summary>
    public async Task KillAsync(int number)
    {
        await _running[number]!.EndWithAsync(Signal.Kill);
        await ForgetAsync(number);
    }

    /// <summary>The topics whose name begins so, each with the number of brokers that keep all of its partitions.</summary>
    public IReadOnlyList<(string Topic, int Replicas)> ReplicasOf(string prefix) =>
        [.. Topics(prefix).Select(topic => (topic.Topic, topic.Partitions.Min(partition => partition.Replicas.Length)))];

    /// <summary>Waits until every replica of these topics has what its leader has.</summary>
    public Task InSyncAsync(string prefix) => Eventually.TrueAsync(
        "all replicas are in sync",
        () => Topics(prefix) is { Count: > 0 } topics && topics.All(topic => topic.Partitions.All(partition => partition.InSyncReplicas.Length == Size)), SiloCluster.Patience);

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        // At once: each would wait for the others to take its partitions over.
        await Task.WhenAll(Enumerable.Range(0, Size).Select(ForgetAsync));
    }

    private List<TopicMetadata> Topics(string prefix)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Broker.BootstrapServers }).Build();
        return [.. admin.GetMetadata(Eventually.Patience).Topics.Where(topic => topic.Topic.StartsWith(prefix, StringComparison.Ordinal))];
    }

    private async Task ForgetAsync(int number)
    {
        if (_running[number] is not { } process) return;
        _running[number] = null;
        await process.DisposeAsync();
    }

    private static int[] NewPorts() => [.. Enumerable.Range(0, Size).Select(_ => FreePort.Find())];

    // Topics that state nothing would have one replica: what has three was asked for.
    private static string Properties(int number, string data, int port, int controllerPort, string quorum) =>
        $"""
        process.roles=broker,controller
        node.id={number}
        controller.quorum.voters={quorum}
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllerPort}
        advertised.listeners=PLAINTEXT://127.0.0.1:{port}
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=PLAINTEXT
        log.dirs={data}
        auto.create.topics.enable=false
        default.replication.factor=1
        min.insync.replicas=2
        offsets.topic.num.partitions=4
        offsets.topic.replication.factor=3
        group.initial.rebalance.delay.ms=0

        """;
}
