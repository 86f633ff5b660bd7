using Npgsql;
using Phoenix.Local;

namespace Phoenix.Benchmarks.Rig;

/// <summary>PostgreSQL and, where wanted, Kafka for one run, and a database for each that asks.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly NpgsqlDataSource _administration;
    private readonly List<string> _databases = [];

    private Servers(PostgresServer postgres, KafkaBroker? kafka, DurabilitySettings durability) =>
        (Postgres, Kafka, Durability, _administration) = (postgres, kafka, durability, NpgsqlDataSource.Create(postgres.ConnectionString));

    public PostgresServer Postgres { get; }

    public KafkaBroker? Kafka { get; }

    public DurabilitySettings Durability { get; }

    /// <exception cref="PartFailedException">PostgreSQL is not set to be durable.</exception>
    public static async Task<Servers> StartAsync(InfrastructureOptions options, bool withKafka, CancellationToken cancellation)
    {
        var postgres = await PostgresServer.StartAsync(options, cancellation);
        KafkaBroker? kafka = null;
        try
        {
            if (withKafka) kafka = await KafkaBroker.StartAsync(options, cancellation);
            return new(postgres, kafka, await DurabilitySettings.ReadAsync(postgres.ConnectionString, cancellation));
        }
        catch
        {
            if (kafka is not null) await kafka.DisposeAsync();
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public async Task<string> NewDatabaseAsync(string name)
    {
        var database = $"bench_{name.Replace('-', '_')}_{Guid.NewGuid():N}"[..40];
        await ExecuteAsync($"create database {database} template template0", CancellationToken.None);
        _databases.Add(database);
        // Up to four sides share the server's connections; twins set a size of their own.
        return new NpgsqlConnectionStringBuilder(Postgres.ConnectionString) { Database = database, MaxPoolSize = 40 }.ConnectionString;
    }

    public Task CheckpointAsync(CancellationToken cancellation) => ExecuteAsync("checkpoint", cancellation);

    /// <summary>How many bytes of write-ahead log there have been; the server's, whoever wrote them.</summary>
    public async Task<double> WrittenAheadAsync(CancellationToken cancellation)
    {
        await using var command = _administration.CreateCommand("select (pg_current_wal_insert_lsn() - '0/0')::float8");
        return (double)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Processor time so far of everything that works for a side; the servers work for whichever side runs.</summary>
    public CpuShare Cpu(Side side) => new(
        side.Processes(Role.Silo).Sum(ProcessCpu.Of),
        Postgres.ProcessId is { } postmaster ? ProcessCpu.OfFamily(postmaster) : null,
        Kafka?.ProcessId is { } broker ? ProcessCpu.Of(broker) : null,
        side.Processes(Role.Client).Sum(ProcessCpu.Of));

    public async ValueTask DisposeAsync()
    {
        if (Postgres.Kind == "external")
            foreach (var database in _databases) await ExecuteAsync($"drop database if exists {database} with (force)", CancellationToken.None);
        await _administration.DisposeAsync();
        if (Kafka is not null) await Kafka.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = _administration.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
