using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.Aggregates;


namespace Phoenix.Tests.EndToEnd;

/// <summary>A silo with accounts and fragile aggregates, and a stranger who talks to it over the wire.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private static readonly string[] Aggregates = ["shop.account", "test.fragile", "tests.shapes"];
    private readonly SharedKafka _kafka;
    private readonly string _bootstrap;
    private TestSilo? _silo;

    private RunningService(SharedKafka kafka, string bootstrap, string database) => (_kafka, _bootstrap, Database) = (kafka, bootstrap, database);

    public string Prefix { get; } = $"t{Guid.NewGuid():N}"[..12];

    /// <summary>Where the silo keeps everything.</summary>
    public string Database { get; }

    public WireClient Wire { get; private set; } = null!;

    /// <summary>
    /// Starts everything; <paramref name="silosDatabase"/> is the silo's way to the database where that is another than the test's.
    /// </summary>
    public static async Task<RunningService> StartAsync(SharedPostgres postgres, SharedKafka kafka, Func<string, string>? silosDatabase = null)
    {
        var service = new RunningService(kafka, await kafka.BootstrapAsync(), await postgres.NewDatabaseAsync());
        await service.StartSiloAsync(silosDatabase);
        service.Wire = await WireClient.StartAsync(kafka, service.Prefix, Aggregates);
        return service;
    }

    public async Task StartSiloAsync(Func<string, string>? silosDatabase = null)
    {
        // The embedded broker would choose a number of partitions by itself.
        foreach (var aggregate in SharedKafka.IsReal ? [] : Aggregates)
        {
            await _kafka.CreateTopicAsync($"{Prefix}.{aggregate}.commands", 3);
            await _kafka.CreateTopicAsync($"{Prefix}.{aggregate}.dead-letter", 3);
        }

        _silo = await TestSilo.StartAsync(
            silosDatabase is null ? Database : silosDatabase(Database),
            options => (options.Kafka, options.TopicPrefix, options.Partitions) = (_bootstrap, Prefix, 3),
            [typeof(global::Shop.Accounts.Account).Assembly, typeof(Fragile).Assembly],
            silo => silo.Services.AddSingleton(new AggregateOptions { HandlerTimeLimit = TimeSpan.FromMilliseconds(300), BrokenFor = TimeSpan.Zero }));
    }

    /// <summary>The silo that runs now.</summary>
    internal TestSilo Silo => _silo!;

    /// <summary>What the silo says about its partitions.</summary>
    internal IEnumerable<Phoenix.Kafka.PartitionHealth> Health => _silo!.Services.GetRequiredService<Phoenix.Kafka.IKafkaHealth>().Partitions;

    public async Task StopSiloAsync()
    {
        await _silo!.DisposeAsync();
        _silo = null;
    }

    public WireRequest Account(string key, string command, string json) => WireRequest.To("shop.account", key, $"shop.{command}", json, Wire.ReplyTopic);

    public WireRequest Fragile(string key, string command, string json) => WireRequest.To("test.fragile", key, $"test.{command}", json, Wire.ReplyTopic);

    public WireRequest Shapes(string key, string command, string json) => WireRequest.To("tests.shapes", key, $"tests.{command}", json, Wire.ReplyTopic);

    /// <summary>An aggregate that is open for deposits.</summary>
    public async Task<string> NewAccountAsync()
    {
        var key = Guid.NewGuid().ToString("N");
        await Wire.RequestAsync(Account(key, "open-account", """{"owner":"Ann"}"""));
        return key;
    }

    /// <summary>The ledger rows of one stream, oldest first.</summary>
    public async Task<IReadOnlyList<(string Id, string Command, short Outcome, string? Code, string? Message, string? Payload, string? Source)>> LedgerAsync(string stream)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand(
            "select coalesce(original_id, command_id::text), command, outcome, code, message, payload, source from phoenix.phoenix_ledger where stream = $1 order by recorded_at, version_after");
        command.Parameters.Add(new() { Value = stream });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string, short, string?, string?, string?, string?)>();
        while (await reader.ReadAsync())
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetInt16(2), Text(3), Text(4), Text(5), Text(6)));
        return rows;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>Waits until the silos have committed every position up to the end.</summary>
    public Task AllCommittedAsync() => Eventually.TrueAsync(
        "positions committed up to the end of the command topics",
        () => Task.Run(() => Aggregates.SelectMany(Wire.Positions).All(position => position.Committed == position.End)));

    public async ValueTask DisposeAsync()
    {
        Wire.Dispose();
        if (_silo is not null) await StopSiloAsync();
        await TestTopics.DeleteAsync(_bootstrap, Prefix);
    }
}
