using Npgsql;
using Phoenix.Local;
using Phoenix.Local.Processes;
using Xunit;

namespace Phoenix.Tests;

/// <summary>
/// A PgBouncer before a database: found on the machine, or installed from the distribution's packages as PostgreSQL is. Where neither can
/// be, the test is skipped and says so.
/// </summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly SupervisedProcess _process;
    private readonly TestFolder _folder;

    private PgBouncer(SupervisedProcess process, TestFolder folder, string connectionString)
    {
        _process = process;
        _folder = folder;
        ConnectionString = connectionString;
    }

    /// <summary>Leads through the proxy.</summary>
    public string ConnectionString { get; }

    public static async Task<PgBouncer> StartAsync(string database, string poolMode, int poolSize = 30, bool roundRobin = false, string ignoredParameters = "")
    {
        var program = await FindAsync();
        var folder = new TestFolder();
        var port = FreePort.Find();
        var server = new NpgsqlConnectionStringBuilder(database);
        var configuration = Path.Combine(folder.Path, "pgbouncer.ini");
        await File.WriteAllTextAsync(configuration, $"""
            [databases]
            {server.Database} = host={server.Host} port={server.Port} user={server.Username} password={server.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {poolMode}
            default_pool_size = {poolSize}
            server_round_robin = {(roundRobin ? 1 : 0)}
            ignore_startup_parameters = {ignoredParameters}
            """);
        var account = await Account.ForPostgresAsync(TestContext.Current.CancellationToken);
        await account.OwnAsync(folder.Path, TestContext.Current.CancellationToken);
        var process = SupervisedProcess.Start(new Command(program, configuration), "INT", Path.Combine(folder.Path, "log"), account.Launcher);
        var through = new NpgsqlConnectionStringBuilder(database) { Port = port, SslMode = SslMode.Disable, Pooling = false }.ConnectionString;
        var bouncer = new PgBouncer(process, folder, through);
        await Eventually.TrueAsync("PgBouncer answers", async () =>
        {
            Assert.False(process.HasExited, process.LogTail());
            return await AnswersAsync(through);
        });
        return bouncer;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(TimeSpan.FromSeconds(10));
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<string> FindAsync()
    {
        if (Executable.FindSystem("pgbouncer") is { } there) return there;
        if (DistributionPackages.WhyNot() is { } reason) Assert.Skip($"There is no pgbouncer on this machine and it cannot be installed. {reason}");
        using var folder = new TestFolder();
        try
        {
            await DistributionPackages.InstallAsync("pgbouncer", new InfrastructureOptions { WorkFolder = folder.Path }, TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Assert.Skip($"There is no pgbouncer on this machine and it could not be installed: {exception.Message}");
        }

        return Executable.FindSystem("pgbouncer") ?? throw new InvalidOperationException("The package pgbouncer holds no program pgbouncer.");
    }

    private static async Task<bool> AnswersAsync(string connectionString)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
