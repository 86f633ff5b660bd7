using System.Diagnostics;
using System.Globalization;

namespace Phoenix.Local.Processes;

/// <summary>
/// A server process that does not outlive us. A small shell stands between: it reads from a pipe whose other end only we hold, and when
/// that end closes - because we stop the server, or because we died, however we died - it sends the server its stop signal.
/// </summary>
/// <remarks>
/// Not <c>setpriv --pdeathsig</c>: the kernel binds that signal to the thread that started the process, and threads of the pool end while
/// the program lives on. Own session where <c>setsid</c> exists, so that Ctrl-C in a terminal reaches us first and we stop servers in
/// order.
/// </remarks>
internal sealed class SupervisedProcess : IAsyncDisposable
{
    private const string Supervisor =
        """
        stop=$1; log=$2; shift 2
        exec 3<&0 </dev/null >>"$log" 2>&1
        "$@" 3<&- &
        server=$!
        echo $server >"$log.pid"
        (while read -r _; do :; done; kill -s "$stop" $server) <&3 &
        watcher=$!
        exec 3<&-
        trap 'kill -s "$stop" $server' HUP INT TERM
        wait $server; status=$?
        while kill -0 $server 2>/dev/null; do wait $server; status=$?; done
        kill $watcher 2>/dev/null
        exit $status
        """;

    private readonly Process _supervisor;
    private readonly string _log;

    private SupervisedProcess(Process supervisor, string log)
    {
        _supervisor = supervisor;
        _log = log;
    }

    public bool HasExited => _supervisor.HasExited;

    public int ExitCode => _supervisor.ExitCode;

    /// <summary>The server's own process id, not that of its supervisor.</summary>
    public int? ProcessId => HasExited ? null : ReadProcessId(_log);

    /// <summary>
    /// Starts a server whose clean stop is asked for by the named signal, such as <c>TERM</c>. Its output goes to the log file, which the
    /// account it is launched under must be able to write.
    /// </summary>
    public static SupervisedProcess Start(Command command, string stopSignal, string log, IReadOnlyList<string> launcher)
    {
        var session = Executable.FindSystem("setsid") is { } setsid ? [setsid] : Array.Empty<string>();
        var supervised = new Command("/bin/sh", ["-c", Supervisor, "phoenix-supervisor", stopSignal, log, command.File, .. command.Arguments])
            .Under(session).Under(launcher);
        var start = new ProcessStartInfo(supervised.File, supervised.Arguments)
        {
            RedirectStandardInput = true,
            WorkingDirectory = command.Folder ?? "",
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return new SupervisedProcess(Process.Start(start)!, log);
    }

    public static int? ReadProcessId(string log) =>
        File.Exists(log + ".pid") && int.TryParse(File.ReadAllText(log + ".pid"), CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>Waits until it has ended, by whatever.</summary>
    public Task ExitedAsync(CancellationToken cancellationToken) => _supervisor.WaitForExitAsync(cancellationToken);

    public string LogTail() => LastLines.OfFile(_log, 15);

    /// <summary>Asks for a clean stop and waits; a server that has not stopped after <paramref name="patience"/> is killed.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        _supervisor.StandardInput.Close();
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            await _supervisor.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }
    }

    /// <summary>Sends the server a signal that ends it and waits until it is gone.</summary>
    public async Task EndWithAsync(int signal)
    {
        if (ProcessId is { } id)
            Signal.Send(id, signal);
        await _supervisor.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
            await KillAsync();
        _supervisor.Dispose();
    }

    private async Task KillAsync()
    {
        _supervisor.Kill(entireProcessTree: true);
        await _supervisor.WaitForExitAsync();
    }
}
