using Phoenix.Local.Processes;

namespace Phoenix.Local.Programs;

/// <summary>
/// A .NET program as a process of its own, ready when its <c>/health/ready</c> says so under the instance that it was started with: a host
/// of Phoenix answers with it.
/// </summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    /// <summary>The header by which a host tells that it is the one that was started here: that of <c>Phoenix.Health</c>.</summary>
    internal const string InstanceHeader = "Phoenix-Instance";

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(40);
    private readonly Func<(SupervisedProcess Process, string Instance)> _launch;
    private readonly InfrastructureOptions _options;
    private SupervisedProcess _process;
    private string _instance;

    private ProgramProcess(string name, Uri address, InfrastructureOptions options, Func<(SupervisedProcess, string)> launch)
    {
        (Name, Address, _options, _launch) = (name, address, options, launch);
        (_process, _instance) = launch();
    }

    /// <summary>What people call it; also the name of its log file in the work folder.</summary>
    public string Name { get; }

    /// <summary>Where its HTTP endpoints are.</summary>
    public Uri Address { get; }

    /// <summary>Its process id, while it runs.</summary>
    public int? ProcessId => _process.ProcessId;

    /// <summary>Whether it has ended, by whatever.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, when it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The end of its log.</summary>
    public string LogTail() => _process.LogTail();

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="name">What people call it; also the name of its log file in the work folder.</param>
    /// <param name="assembly">The program's assembly; a file name alone is looked for beside the running program.</param>
    /// <param name="port">The port of its HTTP endpoints.</param>
    /// <param name="settings">Its configuration, as environment variables.</param>
    /// <param name="options">Work folder and patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerDidNotStartException">It ended or was not ready in time; the message has the end of its log.</exception>
    public static async Task<ProgramProcess> StartAsync(
        string name, string assembly, int port, IReadOnlyDictionary<string, string> settings, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        options.Progress($"starting the {name}");
        var started = new ProgramProcess(name, address, options, () => Launch(name, assembly, address, settings, options));
        try
        {
            await started.ReadyAsync(cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has ended, by whatever.</summary>
    public Task ExitedAsync(CancellationToken cancellationToken) => _process.ExitedAsync(cancellationToken);

    /// <summary>Starts it again, as it was, after it has ended.</summary>
    /// <exception cref="ServerDidNotStartException">It ended again or was not ready in time.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _process.DisposeAsync();
        (_process, _instance) = _launch();
        await ReadyAsync(cancellationToken);
    }

    /// <summary>Asks it to stop and waits until it has; one that has not after 40 s is killed.</summary>
    public Task StopAsync() => _process.StopAsync(StopPatience);

    /// <summary>Kills it without a word, as a crash would, and waits until it is gone.</summary>
    public Task KillAsync() => _process.EndWithAsync(Signal.Kill);

    /// <summary>Makes it stand still, as a long pause of its machine would.</summary>
    public void Freeze() => Send(Signal.Stop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Send(Signal.Continue);

    /// <summary>Stops it, frozen or not.</summary>
    public async ValueTask DisposeAsync()
    {
        // One that stands still hears nothing.
        Thaw();
        await _process.StopAsync(StopPatience);
        await _process.DisposeAsync();
    }

    private static (SupervisedProcess Process, string Instance) Launch(
        string name, string assembly, Uri address, IReadOnlyDictionary<string, string> settings, InfrastructureOptions options)
    {
        var folder = Directory.CreateDirectory(Path.GetFullPath(options.WorkFolder)).FullName;
        var instance = Guid.NewGuid().ToString("N");
        var file = DotnetProgram.FileOf(assembly);
        var command = new Command(DotnetProgram.Host(), ["exec", file])
        {
            Folder = Path.GetDirectoryName(file),
            Environment = new Dictionary<string, string>(settings)
            {
                ["ASPNETCORE_URLS"] = address.ToString(), ["Logging__LogLevel__Default"] = "Warning", ["Phoenix__Instance"] = instance,
            },
        };
        var log = Path.Combine(folder, $"{name}.log");
        // What the last run left behind is kept, and not mistaken for what this one says.
        if (File.Exists(log)) File.Move(log, Path.Combine(folder, $"{name}.previous.log"), overwrite: true);
        return (SupervisedProcess.Start(command, "TERM", log, []), instance);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(2) };
        await Readiness.WaitAsync($"the {Name}", _process, token => NotYetAsync(http, _instance, token), _options, cancellationToken);
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
            if (!response.Headers.TryGetValues(InstanceHeader, out var answering) || answering.First() != instance) return $"another program answers at {http.BaseAddress}";
            return response.IsSuccessStatusCode ? null : $"not ready: {(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return exception.Message;
        }
    }
}
