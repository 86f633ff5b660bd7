using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>The sides of the Kafka scenarios: a consumer of a kind, and for each a client process of the same kind.</summary>
internal sealed class KafkaSides(Servers servers, Stack<IAsyncDisposable> started)
{
    /// <summary>Requests under way at saturation.</summary>
    public const int Callers = 1024;
    private const int Connections = 32;

    public async Task<Side> PhoenixAsync(CancellationToken cancellation)
    {
        var settings = await SettingsAsync("kafka-phoenix");
        return await SideAsync("phoenix", "silo", KafkaSilo.Name, settings, Effects.OfPhoenix(settings.Postgres), cancellation);
    }

    public async Task<Side> NativeAsync(CancellationToken cancellation)
    {
        var settings = await SettingsAsync("kafka-native");
        await CreateTopicAsync(settings, cancellation);
        return await SideAsync("native", "hand-written consumer, one transaction a message", NativeConsumer.Name, settings, CountOf(settings), cancellation);
    }

    public async Task<Side> NativeBatchAsync(CancellationToken cancellation)
    {
        var settings = await SettingsAsync("kafka-native-batch");
        await CreateTopicAsync(settings, cancellation);
        return await SideAsync("nativeBatch", "hand-written consumer, one transaction a poll", NativeBatchConsumer.Name, settings, CountOf(settings), cancellation);
    }

    private static Func<Task<long>> CountOf(PartSettings settings) =>
        Effects.Of(settings.Postgres, "select count(*) from events e join commands c on c.id = e.command_id and c.stream = e.stream and c.version = e.version");

    private async Task<Side> SideAsync(string name, string what, string server, PartSettings settings, Func<Task<long>> effects, CancellationToken cancellation)
    {
        var serving = await StartAsync(server, settings, cancellation);
        return new Side(name, what, await StartAsync(KafkaClient.Name, settings, cancellation), Role.Client) { Server = serving, CountEffectsAsync = effects };
    }

    private Task<PartSettings> SettingsAsync(string name) => SettingsAsync(servers, name);

    /// <summary>A database and names of topics for a side.</summary>
    /// <exception cref="PartFailedException">There is no real broker.</exception>
    public static async Task<PartSettings> SettingsAsync(Servers servers, string name)
    {
        // The embedded broker forgets what is older than a few megabytes and is no broker to measure on.
        if (servers.Kafka is not { Kind: not "embedded" } kafka)
            throw new PartFailedException("This scenario needs a real broker. Set KAFKA_HOME to an Apache Kafka installation, or PHOENIX_KAFKA to bootstrap servers.");
        return new()
        {
            Postgres = await servers.NewDatabaseAsync(name), Kafka = kafka.BootstrapServers, Prefix = $"{name}-{Guid.NewGuid():N}"[..(name.Length + 7)],
            Callers = Callers, PoolSize = Connections,
        };
    }

    private Task CreateTopicAsync(PartSettings settings, CancellationToken cancellation) =>
        servers.Kafka!.CreateTopicAsync(KafkaTopicNames.Commands(settings.Prefix), KafkaTopicNames.Partitions, cancellation);

    private async Task<PartProcess> StartAsync(string part, PartSettings settings, CancellationToken cancellation)
    {
        var process = await PartProcess.StartAsync(part, settings, cancellation);
        started.Push(process);
        return process;
    }
}
