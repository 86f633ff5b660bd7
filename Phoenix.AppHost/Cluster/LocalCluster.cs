using System.Security.Cryptography;
using Phoenix.AppHost.Infrastructure;

namespace Phoenix.AppHost.Cluster;

/// <summary>PostgreSQL, a broker, a silo and the gateway, each a process of its own.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const int Starts = 5;
    private readonly Stack<IAsyncDisposable> _started = [];

    private LocalCluster() { }

    public PostgresServer Postgres { get; private set; } = null!;
    public KafkaBroker Kafka { get; private set; } = null!;
    public ProgramProcess Silo { get; private set; } = null!;
    public ProgramProcess Gateway { get; private set; } = null!;

    /// <summary>Port for Orleans cluster clients.</summary>
    public int ClusterPort { get; private set; }

    /// <summary>The file that holds the gateway's bearer token.</summary>
    public string TokenFile { get; private set; } = "";

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
        TokenFile = TokenIn(options.WorkFolder);
        var shared = new Dictionary<string, string>
        {
            ["Phoenix__ConnectionString"] = Postgres.ConnectionString,
            ["Phoenix__Schema"] = names.Schema,
            ["Phoenix__Kafka"] = Kafka.BootstrapServers,
            ["Phoenix__TopicPrefix"] = names.TopicPrefix,
        };
        _started.Push(Silo = await OnFreePortsAsync(() => ProgramProcess.StartAsync("silo", "Phoenix.Silo.dll", FreePort.Find(8081), new Dictionary<string, string>(shared.Concat(names.Domains.Select((domain, index) => KeyValuePair.Create($"Phoenix__Domains__{index}", domain))))
        {
            ["Phoenix__Silo__Port"] = $"{FreePort.Find(11111)}",
            ["Phoenix__Silo__GatewayPort"] = $"{ClusterPort = FreePort.Find(30000)}",
        }, options, cancellationToken)));
        _started.Push(Gateway = await OnFreePortsAsync(() => ProgramProcess.StartAsync("gateway", "Phoenix.Gateway.dll", FreePort.Find(8080), new Dictionary<string, string>(shared)
        {
            ["Phoenix__Gateway__TokenFile"] = TokenFile,
            ["Phoenix__Cluster__Gateways__0"] = $"127.0.0.1:{ClusterPort}",
            ["Phoenix__ReadModels__0__Name"] = "account-balances",
            ["Phoenix__ReadModels__0__Relation"] = $"{names.Schema}.account_balances",
            ["Phoenix__ReadModels__0__Key"] = "account_id",
        }, options, cancellationToken)));
    }

    // Another program may take a port between our look and our start, as two AppHosts that are started together do.
    private static async Task<ProgramProcess> OnFreePortsAsync(Func<Task<ProgramProcess>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start();
            }
            catch (ServerDidNotStartException error) when (attempt < Starts && error.Mentions("Address already in use"))
            {
                // The next look finds other ports.
            }
        }
    }

    private static string TokenIn(string workFolder)
    {
        var file = Path.Combine(Path.GetFullPath(workFolder), "gateway.token");
        if (File.Exists(file)) return file;
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, mode);
        writer.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        return file;
    }
}

/// <summary>What keeps one cluster's data apart from another's on shared servers.</summary>
/// <param name="Schema">The database schema.</param>
/// <param name="TopicPrefix">The first part of topic names.</param>
internal sealed record ClusterNames(string Schema = "phoenix", string TopicPrefix = "phoenix")
{
    /// <summary>The assemblies whose aggregates the silo runs.</summary>
    public IReadOnlyList<string> Domains { get; init; } = ["Phoenix.Samples.Shop"];
}
