namespace Phoenix.Local;

/// <summary>
/// A PostgreSQL server with an empty or earlier used database <c>phoenix</c>: one that somebody runs for us, or one that this class
/// started. A started one keeps its data in the work folder over stop, start and <c>kill -9</c>.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly IServerControl? _control;
    private WorkFolderLock? _lock;

    internal PostgresServer(string kind, string connectionString, string description, IServerControl? control)
    {
        Kind = kind;
        ConnectionString = connectionString;
        Description = description;
        _control = control;
    }

    /// <summary>How it was come by: <c>external</c>, <c>local</c> or <c>docker</c>.</summary>
    public string Kind { get; }

    /// <summary>Npgsql connection string of the database. Contains the password: not for logs.</summary>
    public string ConnectionString { get; }

    /// <summary>One line for people: which version runs where. Contains no secret.</summary>
    public string Description { get; }

    /// <summary>
    /// The command by which a person looks into the database of a server that runs from local binaries; <see langword="null"/> for others.
    /// Contains no secret.
    /// </summary>
    public string? Psql { get; internal init; }

    /// <summary>Process id of the postmaster when this class started it and it runs.</summary>
    public int? ProcessId => _control?.ProcessId;

    /// <summary>
    /// Comes by a server, first way that works: <c>PHOENIX_POSTGRES</c> (a connection string), server binaries on this machine, the
    /// distribution's packages (root on Debian or Ubuntu), a Docker engine.
    /// </summary>
    /// <exception cref="InfrastructureNotFoundException">No way works, or <c>PHOENIX_POSTGRES</c> is set and does not answer.</exception>
    /// <exception cref="WorkFolderInUseException">Another program runs a server on the work folder.</exception>
    public static Task<PostgresServer> StartAsync(InfrastructureOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, PostgresWays.All, cancellationToken);

    /// <summary>Comes by a server by the first of the given ways that works.</summary>
    /// <inheritdoc cref="StartAsync(InfrastructureOptions, CancellationToken)"/>
    public static async Task<PostgresServer> StartAsync(
        InfrastructureOptions options, IReadOnlyList<IWay<PostgresServer>> ways, CancellationToken cancellationToken = default)
    {
        var folder = WorkFolderLock.Take(options.WorkFolder, "postgres");
        try
        {
            var server = await Ways.FirstThatWorksAsync("PostgreSQL", ways, options, cancellationToken);
            server._lock = folder;
            return server;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server. Its data stay.</summary>
    /// <param name="immediate">Without a clean shutdown, as a crash would; the next start recovers from the write-ahead log.</param>
    /// <exception cref="InvalidOperationException">The server is external: it is not ours to stop.</exception>
    public Task StopAsync(bool immediate = false) => Control.StopAsync(immediate);

    /// <summary>Starts the stopped server again on the same port; returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">The server is external: it is not ours to start.</exception>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => Control.StartAgainAsync(cancellationToken);

    /// <summary>Stops the server cleanly if this class started it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_control is not null)
            await _control.DisposeAsync();
        _lock?.Dispose();
    }

    private IServerControl Control => _control ?? throw new InvalidOperationException(
        "The PostgreSQL server of PHOENIX_POSTGRES is run by somebody else: it cannot be stopped or started from here.");
}
