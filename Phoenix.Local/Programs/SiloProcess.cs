
namespace Phoenix.Local.Programs;

/// <summary>A silo as a process of its own.</summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private SiloProcess(string name, int clusterPort, ProgramProcess program) => (Name, ClusterPort, Program) = (name, clusterPort, program);

    /// <summary>Its name in the membership table, and its log file's.</summary>
    public string Name { get; }

    /// <summary>Port for Orleans cluster clients.</summary>
    public int ClusterPort { get; }

    /// <summary>Its process.</summary>
    public ProgramProcess Program { get; }

    /// <summary>Starts it and waits until it is ready; on other ports when a program took one meanwhile.</summary>
    /// <param name="number">Which of them, from 0.</param>
    /// <param name="of">How many there are.</param>
    /// <param name="settings">What it is told.</param>
    /// <param name="options">Work folder and patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerDidNotStartException">It ended or was not ready in time.</exception>
    public static Task<SiloProcess> StartAsync(int number, int of, SiloSettings settings, InfrastructureOptions options, CancellationToken cancellationToken) =>
        FreePort.UntilStartedAsync(() => StartOnceAsync(number, of, settings, options, cancellationToken));

    /// <summary>Starts the silo of a service beside a cluster and waits until it is ready.</summary>
    /// <param name="service">One of <see cref="ClusterNames.Beside"/>.</param>
    /// <param name="cluster">What the silos of the cluster are told.</param>
    /// <param name="options">Work folder and patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerDidNotStartException">It ended or was not ready in time.</exception>
    public static Task<SiloProcess> StartBesideAsync(
        string service, SiloSettings cluster, InfrastructureOptions options, CancellationToken cancellationToken) =>
        // In a folder of its own: its silo has the name of the cluster's.
        StartAsync(0, 1, cluster.Beside(service), options with { WorkFolder = Path.Combine(options.WorkFolder, service) }, cancellationToken);

    /// <summary>Stops it.</summary>
    public ValueTask DisposeAsync() => Program.DisposeAsync();

    private static async Task<SiloProcess> StartOnceAsync(int number, int of, SiloSettings settings, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var name = of == 1 ? "silo" : $"silo-{number}";
        int Port(int usual) => FreePort.Find(settings.UsualPorts ? usual + number : null);
        var clusterPort = Port(30000);
        // The gateway's own first port is 8080; silos have those above it.
        var program = await ProgramProcess.StartAsync(name, settings.Names.SiloProgram, Port(8081), settings.OfSilo(name, Port(11111), clusterPort), options, cancellationToken);
        return new(name, clusterPort, program);
    }
}
