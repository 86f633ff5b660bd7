using System.Security.Cryptography;
using Npgsql;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>A private PostgreSQL cluster: initialised once, started and stopped as a child process of ours.</summary>
internal sealed class PostgresCluster(PostgresBinaries binaries, PostgresFolder folder, InfrastructureOptions options) : IServerControl
{
    private const string User = "phoenix";
    private const string Database = "phoenix";
    private const int Starts = 5;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMilliseconds(250);

    private SupervisedProcess? _process;
    private int _port;

    public string ConnectionString => ConnectionTo(Database);

    public string Description => $"PostgreSQL {binaries.Version} from {binaries.Folder} at 127.0.0.1:{_port}, data in {folder.Data}";

    /// <summary>What a person types to look into the database; the password stays in its file.</summary>
    public string Psql => $"PGPASSWORD=$(cat {folder.Password}) psql -h 127.0.0.1 -p {_port} -U {User} {Database}";

    public int? ProcessId => _process?.ProcessId;

    /// <summary>Initialises the cluster if it is new, starts it on a free port and makes sure of the database.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LeftoverProcess.EndAsync(folder.Postmaster, folder.Data, Signal.Interrupt, options, cancellationToken);
        if (folder.Major is null)
            await InitialiseAsync(cancellationToken);
        _port = folder.Port.Choose();
        for (var start = 1; ; start++)
        {
            try
            {
                await StartAgainAsync(cancellationToken);
                break;
            }
            catch (ServerDidNotStartException error) when (start < Starts && error.Mentions("Address already in use"))
            {
                // Two programs may have been given the same free port.
                _port = folder.Port.Choose();
            }
        }

        await PostgresProbe.EnsureDatabaseAsync(ConnectionTo("postgres"), Database, cancellationToken);
    }

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await StartOnceAsync(cancellationToken);
                return;
            }
            catch (ServerDidNotStartException error) when (error.Mentions("is still in use") && options.Time.GetElapsedTime(started) < options.StartPatience)
            {
                // A killed server's backends hold its shared memory until they notice.
                await Task.Delay(BetweenStarts, options.Time, cancellationToken);
            }
        }
    }

    public async Task StopAsync(bool immediate)
    {
        if (_process is null)
            return;
        if (immediate)
            await _process.EndWithAsync(Signal.Quit);
        else
            await _process.StopAsync(StopPatience);
        await ReleaseAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync(immediate: false);

    private async Task StartOnceAsync(CancellationToken cancellationToken)
    {
        await ReleaseAsync();
        await RemoveForeignPidFileAsync(cancellationToken);
        options.Progress($"starting PostgreSQL {binaries.Version} on port {_port}");
        File.Delete(folder.Log);
        var server = PostgresSettings.ServerCommand(binaries, folder, _port, options.SurvivesPowerLoss);
        _process = SupervisedProcess.Start(server, "INT", folder.Log, folder.Account.Launcher);
        await Readiness.WaitAsync(
            "PostgreSQL", _process, token => PostgresProbe.WhyNotReadyAsync(ConnectionTo("postgres"), token), options, cancellationToken);
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        options.Progress($"initialising PostgreSQL {binaries.Version} in {folder.Data}");
        if (Directory.Exists(folder.Unfinished))
            Directory.Delete(folder.Unfinished, recursive: true);
        var password = new Command("/bin/sh", "-c", "umask 077; cat >\"$1\"", "sh", folder.Password) { Input = NewPassword(), Folder = folder.Root };
        await CommandRun.SuccessfullyAsync(folder.Account.Run(password), cancellationToken);
        var initialise = new Command(
            binaries.InitDb, $"--pgdata={folder.Unfinished}", $"--username={User}", $"--pwfile={folder.Password}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale") { Folder = folder.Root };
        await CommandRun.SuccessfullyAsync(folder.Account.Run(initialise), cancellationToken);
        Directory.Move(folder.Unfinished, folder.Data);
    }

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    // PostgreSQL removes its own stale pid file, but not one whose id another program got meanwhile.
    private async Task RemoveForeignPidFileAsync(CancellationToken cancellationToken)
    {
        if (folder.Postmaster is { } id && !await LeftoverProcess.IsAsync(id, folder.Data, cancellationToken))
            File.Delete(folder.PidFile);
    }

    private string ConnectionTo(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = User,
        Password = File.ReadAllText(folder.Password).Trim(),
        Database = database,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    private async Task ReleaseAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }
}
