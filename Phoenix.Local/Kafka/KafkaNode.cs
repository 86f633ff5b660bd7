using System.Security.Cryptography;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>One Apache Kafka process that is broker and controller, its storage formatted once.</summary>
internal sealed class KafkaNode(string home, JavaRuntime java, KafkaFolder folder, InfrastructureOptions options) : IServerControl
{
    private const int Starts = 5;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    private SupervisedProcess? _process;
    private int _port;

    public string BootstrapServers => $"127.0.0.1:{_port}";

    public string Description => $"Apache Kafka from {home} at {BootstrapServers}, Java {java.Major}, data in {folder.Data}";

    public int? ProcessId => _process?.ProcessId;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.ToolLogs);
        await LeftoverProcess.EndAsync(SupervisedProcess.ReadProcessId(folder.Log), folder.Properties, Signal.Terminate, options, cancellationToken);
        for (var start = 1; ; start++)
        {
            _port = folder.Port.Choose();
            await File.WriteAllTextAsync(folder.Properties, KafkaProperties.For(folder.Data, "127.0.0.1", _port, folder.ControllerPort.Choose()), cancellationToken);
            if (!folder.IsFormatted)
                await FormatAsync(cancellationToken);
            try
            {
                await StartAgainAsync(cancellationToken);
                return;
            }
            catch (ServerDidNotStartException error) when (start < Starts && error.Mentions("Address already in use"))
            {
                options.Progress($"port {_port} was taken meanwhile, trying another");
            }
        }
    }

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await ReleaseAsync();
        options.Progress($"starting Kafka on port {_port}");
        File.Delete(folder.Log);
        _process = SupervisedProcess.Start(Tool("kafka-server-start.sh", folder.Properties), "TERM", folder.Log, []);
        var administration = new KafkaAdministration(BootstrapServers, options.Time);
        await Readiness.WaitAsync("Kafka", _process, administration.WhyNotReadyAsync, options, cancellationToken);
    }

    public async Task StopAsync(bool immediate)
    {
        if (_process is null)
            return;
        if (immediate)
            await _process.EndWithAsync(Signal.Kill);
        else
            await _process.StopAsync(StopPatience);
        await ReleaseAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync(immediate: false);

    private async Task FormatAsync(CancellationToken cancellationToken)
    {
        options.Progress($"formatting Kafka's storage in {folder.Data}");
        await CommandRun.SuccessfullyAsync(
            Tool("kafka-storage.sh", "format", "--cluster-id", NewClusterId(), "--config", folder.Properties), cancellationToken);
    }

    // Kafka's own form of a UUID. One that began with '-' would be taken for an option.
    private static string NewClusterId() =>
        "P" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).Replace('+', '-').Replace('/', '_').TrimEnd('=')[1..];

    private Command Tool(string name, params string[] arguments) => new(Path.Combine(home, "bin", name), arguments)
    {
        Folder = folder.Root,
        Environment = new Dictionary<string, string>
        {
            ["JAVA_HOME"] = Path.GetDirectoryName(Path.GetDirectoryName(java.Program))!,
            ["LOG_DIR"] = folder.ToolLogs,
            ["KAFKA_HEAP_OPTS"] = options.Setting("KAFKA_HEAP_OPTS") ?? "-Xms64m -Xmx512m",
        },
    };

    private async Task ReleaseAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }
}
