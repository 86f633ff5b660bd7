using System.Collections.Concurrent;
using Npgsql;

namespace Phoenix.Faults;

/// <summary>
/// A <see cref="FaultProxy"/> that understands PostgreSQL's protocol well enough to break a commit at an exact point. A fault is armed
/// once and hits the next commit on a connection whose <c>Application Name</c> is the watched one. Connections must not be encrypted.
/// </summary>
public sealed class PostgresFaultProxy : FaultProxy
{
    /// <summary>The application name of the commit queue's connections.</summary>
    public const string CommitQueue = "phoenix-commit-queue";

    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly ConcurrentQueue<CommitFault> _armed = [];

    /// <param name="connectionString">The server to stand in front of.</param>
    /// <param name="applicationName">Whose commits the faults hit.</param>
    /// <param name="isWrite">Whether a statement makes the batch or transaction that it is part of a commit. Default: every statement
    /// does.</param>
    public PostgresFaultProxy(string connectionString, string applicationName = CommitQueue, Func<string, bool>? isWrite = null)
        : this(new NpgsqlConnectionStringBuilder(connectionString), applicationName, isWrite ?? (static _ => true))
    {
    }

    private PostgresFaultProxy(NpgsqlConnectionStringBuilder target, string applicationName, Func<string, bool> isWrite)
        : base(target.Host!, target.Port)
    {
        _target = target;
        ApplicationName = applicationName;
        IsWrite = isWrite;
    }

    /// <summary>Whose commits the faults hit.</summary>
    public string ApplicationName { get; }

    /// <summary>Connection string that leads through the proxy, under any application name.</summary>
    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder(_target.ConnectionString) { Host = Host, Port = Port, SslMode = SslMode.Disable }.ConnectionString;

    /// <summary>Connection string that leads through the proxy under the watched application name.</summary>
    public string WatchedConnectionString =>
        new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = ApplicationName }.ConnectionString;

    internal Func<string, bool> IsWrite { get; }

    /// <summary>The next commit happens, but its answer is lost and the client's connection reset.</summary>
    public CommitFault SwallowNextCommitReply() => Arm(new SwallowedCommitReply());

    /// <summary>The next commit does not happen: both connections are reset before the server is told to commit.</summary>
    public CommitFault CutBeforeNextCommit() => Arm(new CutCommit());

    /// <summary>The client's connection is reset while the server holds the locks and still waits for the commit.</summary>
    public HeldCommit HoldNextCommit() => Arm(new HeldCommit());

    /// <summary>The server rolls back and the client gets this error, such as <c>53100</c>, disk full.</summary>
    public CommitFault FailNextCommit(string sqlState, string message) => Arm(new FailedCommit(sqlState, message));

    internal CommitFault? TakeFault() => _armed.TryDequeue(out var fault) ? fault : null;

    internal override Task CarryAsync(ProxiedConnection connection, CancellationToken cancellationToken) =>
        new PostgresSession(connection, this, cancellationToken).RunAsync();

    private T Arm<T>(T fault)
        where T : CommitFault
    {
        _armed.Enqueue(fault);
        return fault;
    }
}
