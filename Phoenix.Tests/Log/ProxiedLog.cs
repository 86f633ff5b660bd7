using Phoenix.Faults;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>A log whose way to PostgreSQL leads through a proxy, with time limits that tests can wait for.</summary>
public sealed class ProxiedLog(SharedPostgres postgres) : IAsyncLifetime
{
    public PostgresFaultProxy Proxy { get; private set; } = null!;
    public string Database { get; private set; } = null!;
    internal EventLog Log { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await EventLog.NewDatabaseAsync(postgres);
        Proxy = new PostgresFaultProxy(Database, isWrite: IsAppend);
        Log = Through(Proxy);
    }

    internal static EventLog Through(PostgresFaultProxy proxy) => new(
        proxy.ConnectionString, options => (options.AttemptTimeLimit, options.CommitTimeLimit) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)));

    /// <summary>Whether a statement is the one that appends: the faults are meant for it, not for the settings of a new session.</summary>
    internal static bool IsAppend(string sql) => sql.Contains("mt_events_sequence", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        Proxy.Pass();
        await Log.DisposeAsync();
        await Proxy.DisposeAsync();
    }
}
