using System.Collections.Concurrent;
using Npgsql;
using Phoenix.AppHost.Infrastructure;
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

    public SharedPostgres() =>
        _server = new Lazy<Task<PostgresServer>>(() => PostgresServer.StartAsync(new InfrastructureOptions { WorkFolder = _folder.Value.Path }));

    /// <summary>The server itself; whoever stops it disturbs every other test, so such tests start their own.</summary>
    public Task<PostgresServer> ServerAsync() => _server.Value;

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var database = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync($"create database {database} template template0");
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

    public async ValueTask DisposeAsync()
    {
        if (!_server.IsValueCreated)
            return;
        var server = await _server.Value;
        if (server.Kind == "external")
            foreach (var database in _databases)
                await ExecuteAsync($"drop database if exists {database} with (force)");
        await server.DisposeAsync();
        _folder.Value.Dispose();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection((await ServerAsync()).ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
