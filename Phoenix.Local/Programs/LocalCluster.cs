using System.Security.Cryptography;

namespace Phoenix.Local.Programs;

/// <summary>PostgreSQL, a broker, silos, the gateway and the services beside it, each a process of its own.</summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _started = [];

    private LocalCluster() { }

    /// <summary>The database server.</summary>
    public PostgresServer Postgres { get; private set; } = null!;

    /// <summary>The broker.</summary>
    public KafkaBroker Kafka { get; private set; } = null!;

    /// <summary>The silos.</summary>
    public IReadOnlyList<SiloProcess> Silos { get; private set; } = [];

    /// <summary>The gateway.</summary>
    public ProgramProcess Gateway { get; private set; } = null!;

    /// <summary>The file that holds the gateway's bearer token.</summary>
    public string TokenFile { get; private set; } = "";

    /// <summary>The file that holds the operators' token.</summary>
    public string OperatorTokenFile { get; private set; } = "";

    /// <summary>Starts everything; what had started is stopped again when something does not.</summary>
    /// <param name="options">Work folder and patience.</param>
    /// <param name="names">Its names, its size and what its programs are told.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InfrastructureNotFoundException">PostgreSQL or Kafka was not found and could not be started.</exception>
    /// <exception cref="ServerDidNotStartException">A program ended or was not ready in time.</exception>
    public static async Task<LocalCluster> StartAsync(InfrastructureOptions options, ClusterNames names, CancellationToken cancellationToken)
    {
        var cluster = new LocalCluster();
        try
        {
            await cluster.StartServersAsync(options, cancellationToken);
            await cluster.StartProgramsAsync(options, names, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops everything, last started first.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var part)) await part.DisposeAsync();
    }

    private async Task StartServersAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var postgres = PostgresServer.StartAsync(options, cancellationToken);
        var kafka = KafkaBroker.StartAsync(options, cancellationToken);
        await Task.WhenAll(postgres, kafka).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (postgres.IsCompletedSuccessfully) _started.Push(Postgres = postgres.Result);
        if (kafka.IsCompletedSuccessfully) _started.Push(Kafka = kafka.Result);
        await postgres;
        await kafka;
    }

    private async Task StartProgramsAsync(InfrastructureOptions options, ClusterNames names, CancellationToken cancellationToken)
    {
        (TokenFile, OperatorTokenFile) = (TokenIn(options.WorkFolder, "gateway.token"), TokenIn(options.WorkFolder, "operator.token"));
        var settings = new SiloSettings(Postgres.ConnectionString, Kafka.BootstrapServers, names);
        foreach (var (topic, partitions) in names.ForeignTopics) await Kafka.CreateTopicAsync(topic, partitions, cancellationToken);
        // One after the other: the first one prepares database and topics, and ports are chosen while those of the others are in use.
        for (var number = 0; number < names.Silos; number++)
        {
            var silo = await SiloProcess.StartAsync(number, names.Silos, settings, options, cancellationToken);
            _started.Push(silo);
            Silos = [.. Silos, silo];
        }

        foreach (var service in names.Beside.Keys)
            _started.Push(await SiloProcess.StartBesideAsync(service, settings, options, cancellationToken));
        _started.Push(Gateway = await FreePort.UntilStartedAsync(() => ProgramProcess.StartAsync("gateway", names.GatewayProgram, FreePort.Find(8080), new Dictionary<string, string>(settings.Shared())
        {
            ["Phoenix__Gateway__TokenFile"] = TokenFile,
            ["Phoenix__Gateway__OperatorTokenFile"] = OperatorTokenFile,
        }.Concat(names.GatewaySettings).ToDictionary(), options, cancellationToken)));
    }

    private static string TokenIn(string workFolder, string name)
    {
        var file = Path.Combine(Path.GetFullPath(workFolder), name);
        if (File.Exists(file)) return file;
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, mode);
        writer.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        return file;
    }
}
