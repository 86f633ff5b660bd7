using Phoenix.AppHost.Infrastructure;
using Phoenix.AppHost.Infrastructure.Processes;
using Phoenix.Health;

namespace Phoenix.AppHost.Cluster;

/// <summary>One of our own programs as a process of its own, ready when its health endpoint says so.</summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(40);
    private readonly SupervisedProcess _process;

    private ProgramProcess(SupervisedProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where its HTTP endpoints are.</summary>
    public Uri Address { get; }

    public int? ProcessId => _process.ProcessId;

    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, when it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The end of its log.</summary>
    public string LogTail() => _process.LogTail();

    /// <param name="name">What people call it; also the name of its log file in the work folder.</param>
    /// <param name="assembly">The program, beside this one.</param>
    /// <param name="port">The port of its HTTP endpoints.</param>
    /// <param name="settings">Its configuration, as environment variables.</param>
    /// <param name="options">Work folder and patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerDidNotStartException">It ended or was not ready in time; the message has the end of its log.</exception>
    public static async Task<ProgramProcess> StartAsync(
        string name, string assembly, int port, IReadOnlyDictionary<string, string> settings, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        var folder = Directory.CreateDirectory(Path.GetFullPath(options.WorkFolder)).FullName;
        var instance = Guid.NewGuid().ToString("N");
        var command = new Command(AppHostProgram.DotnetHost(), ["exec", Path.Combine(AppContext.BaseDirectory, assembly)])
        {
            Folder = AppContext.BaseDirectory,
            Environment = new Dictionary<string, string>(settings) { ["ASPNETCORE_URLS"] = address.ToString(), ["Logging__LogLevel__Default"] = "Warning", ["Phoenix__Instance"] = instance },
        };
        options.Progress($"starting the {name}");
        var log = Path.Combine(folder, $"{name}.log");
        // What the last run left behind is kept, and not mistaken for what this one says.
        if (File.Exists(log)) File.Move(log, Path.Combine(folder, $"{name}.previous.log"), overwrite: true);
        var process = SupervisedProcess.Start(command, "TERM", log, []);
        var started = new ProgramProcess(process, address);
        try
        {
            using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(2) };
            await Readiness.WaitAsync($"the {name}", process, token => NotYetAsync(http, instance, token), options, cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop and waits until it has; one that has not after 40 s is killed.</summary>
    public Task StopAsync() => _process.StopAsync(StopPatience);

    /// <summary>Kills it without a word, as a crash would, and waits until it is gone.</summary>
    public Task KillAsync() => _process.EndWithAsync(Signal.Kill);

    /// <summary>Makes it stand still, as a long pause of its machine would.</summary>
    public void Freeze() => Send(Signal.Stop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Send(Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        // One that stands still hears nothing.
        Thaw();
        await _process.StopAsync(StopPatience);
        await _process.DisposeAsync();
    }

    private void Send(int signal)
    {
        if (ProcessId is { } id) Signal.Send(id, signal);
    }

    private static async Task<string?> NotYetAsync(HttpClient http, string instance, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            // Two that start at once may have found the same port free, and only one of them got it.
            if (!response.Headers.TryGetValues(HealthEndpoints.InstanceHeader, out var answering) || answering.First() != instance) return $"another program answers at {http.BaseAddress}";
            return response.IsSuccessStatusCode ? null : $"not ready: {(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return exception.Message;
        }
    }
}
