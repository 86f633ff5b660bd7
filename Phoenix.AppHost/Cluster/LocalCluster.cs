using System.Security.Cryptography;
using Phoenix.AppHost.Infrastructure;

namespace Phoenix.AppHost.Cluster;

/// <summary>PostgreSQL, a broker, silos, the gateway and perhaps a warehouse, each a process of its own.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const int PaymentPartitions = 3;

    private readonly Stack<IAsyncDisposable> _started = [];

    private LocalCluster() { }

    public PostgresServer Postgres { get; private set; } = null!;
    public KafkaBroker Kafka { get; private set; } = null!;
    public IReadOnlyList<SiloProcess> Silos { get; private set; } = [];
    public ProgramProcess Gateway { get; private set; } = null!;

    /// <summary>The file that holds the gateway's bearer token.</summary>
    public string TokenFile { get; private set; } = "";

    /// <summary>The file that holds the operators' token.</summary>
    public string OperatorTokenFile { get; private set; } = "";

    /// <summary>Starts everything; what had started is stopped again when something does not.</summary>
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
        // Somebody else's, as the silos see it: they read it and never make it.
        if (names.Payments is { } payments) await Kafka.CreateTopicAsync(payments, PaymentPartitions, cancellationToken);
        // One after the other: the first one prepares database and topics, and ports are chosen while those of the others are in use.
        for (var number = 0; number < names.Silos; number++)
        {
            var silo = await SiloProcess.StartAsync(number, names.Silos, settings, options, cancellationToken);
            _started.Push(silo);
            Silos = [.. Silos, silo];
        }

        if (names.Warehouse is not null) _started.Push(await WarehouseService.StartAsync(settings, options, cancellationToken));
        _started.Push(Gateway = await FreePort.UntilStartedAsync(() => ProgramProcess.StartAsync("gateway", "Phoenix.Gateway.dll", FreePort.Find(8080), new Dictionary<string, string>(settings.Shared())
        {
            ["Phoenix__Gateway__TokenFile"] = TokenFile,
            ["Phoenix__Gateway__OperatorTokenFile"] = OperatorTokenFile,
        }.Concat(ShopReadModels.Settings(names.Schema)).ToDictionary(), options, cancellationToken)));
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
