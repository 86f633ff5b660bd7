using System.Collections.Concurrent;
using Npgsql;
using Phoenix.Local;
using Xunit;

[assembly: AssemblyFixture(typeof(Phoenix.Tests.SharedPostgres))]

namespace Phoenix.Tests;

/// <summary>
/// The PostgreSQL server of a test run, started when the first test asks for it. A test class takes it as a constructor parameter and
/// gets a database of its own.
/// </summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<TestFolder> _folder = new(() => new TestFolder());
    private readonly Lazy<Task<PostgresServer>> _server;
    private readonly ConcurrentBag<string> _databases = [];
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _prepared = new(StringComparer.Ordinal);

    public SharedPostgres() => _server = new Lazy<Task<PostgresServer>>(StartAsync);

    /// <summary>The server itself; whoever stops it disturbs every other test, so such tests start their own.</summary>
    public Task<PostgresServer> ServerAsync() => _server.Value;

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public Task<string> NewDatabaseAsync() => CopyAsync("template0");

    /// <summary>
    /// Creates a database as a preparation leaves it. It runs once for all who give its name: a copy costs a tenth of a schema.
    /// </summary>
    public async Task<string> NewDatabaseAsync(string name, Func<string, Task> prepare) =>
        await CopyAsync(new NpgsqlConnectionStringBuilder(await _prepared.GetOrAdd(name,
            _ => new(() => PrepareAsync(prepare))).Value).Database!);

    public async ValueTask DisposeAsync()
    {
        if (!_server.IsValueCreated)
            return;
        var server = await _server.Value;
        if (server.Kind == "external")
            foreach (var database in _databases)
                await ExecuteAsync(server.ConnectionString, $"drop database if exists {database} with (force)");
        await server.DisposeAsync();
        _folder.Value.Dispose();
    }

    private async Task<string> PrepareAsync(Func<string, Task> prepare)
    {
        var database = await NewDatabaseAsync();
        await prepare(database);
        return database;
    }

    private async Task<string> CopyAsync(string template)
    {
        var database = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync((await ServerAsync()).ConnectionString, $"create database {database} template {template}");
        _databases.Add(database);
        return new NpgsqlConnectionStringBuilder((await ServerAsync()).ConnectionString)
        {
            Database = database,
            // Many test classes share the server's connections: idle ones go back soon.
            MaxPoolSize = 30,
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
        }.ConnectionString;
    }

    private async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartAsync(new InfrastructureOptions { WorkFolder = _folder.Value.Path,
            SurvivesPowerLoss = false });
        // Some hundred databases that live for a minute would be looked after all the time.
        if (server.Kind != "external")
        {
            await ExecuteAsync(server.ConnectionString, "alter system set autovacuum_naptime = '10min'");
            await ExecuteAsync(server.ConnectionString, "select pg_reload_conf()");
        }

        return server;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
