using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using Phoenix.Kafka;

namespace Phoenix.Tests.Wire;

/// <summary>Silos in this process that read one topic as streams of namespace <c>wire</c>.</summary>
public sealed class WireCluster : IAsyncDisposable
{
    public const string Provider = "kafka";

    private static readonly ConcurrentDictionary<string, bool> Created = new();

    private readonly InProcessTestCluster cluster;

    private WireCluster(InProcessTestCluster cluster, Recorder recorder, string bootstrap, KafkaTopic topic)
    {
        this.cluster = cluster;
        Recorder = recorder;
        Bootstrap = bootstrap;
        Topic = topic;
    }

    public Recorder Recorder { get; }

    public string Bootstrap { get; }

    public KafkaTopic Topic { get; }

    public string Group => Topic.Topic + ".group";

    public IReadOnlyList<InProcessSiloHandle> Silos => cluster.Silos;

    public IEnumerable<PartitionHealth> Partitions => cluster.Silos.SelectMany(silo => Health(silo).Partitions);

    public IKafkaSender Sender => cluster.Silos[0].ServiceProvider.GetRequiredKeyedService<IKafkaSender>(Provider);

    public static async Task<WireCluster> StartAsync(
        SharedKafka kafka, string topicName, int silos = 1, Action<KafkaStreamOptions>? configure = null, int partitions = 12)
    {
        var topic = new KafkaTopic("wire", topicName, partitions);
        // The embedded broker would choose a number of partitions by itself.
        if (!SharedKafka.IsReal && Created.TryAdd(topicName, true))
        {
            await kafka.CreateTopicAsync(topic.Topic, partitions);
            await kafka.CreateTopicAsync(topic.DeadLetterTopic, partitions);
        }
        return await StartAsync(await kafka.BootstrapAsync(), topic, silos, configure);
    }

    public static async Task<WireCluster> StartAsync(string bootstrap, KafkaTopic topic, int silos = 1, Action<KafkaStreamOptions>? configure = null)
    {
        var told = new Recorder();
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(told);
            silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.Error));
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                // A killed silo is missed within seconds, and a starved one is not taken for dead.
                membership.ProbeTimeout = TimeSpan.FromSeconds(2);
                membership.NumMissedProbesLimit = 3;
                membership.TableRefreshTimeout = TimeSpan.FromSeconds(1);
            });
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(30));
            silo.AddKafkaStreams(Provider, kafka =>
            {
                kafka.BootstrapServers = bootstrap;
                kafka.ConsumerGroup = topic.Topic + ".group";
                kafka.Topics.Add(topic);
                kafka.MaxRetryDelay = TimeSpan.FromMilliseconds(500);
                kafka.CommitInterval = TimeSpan.FromMilliseconds(200);
                configure?.Invoke(kafka);
            });
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new WireCluster(cluster, told, bootstrap, topic);
    }

    public static IKafkaHealth Health(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredKeyedService<IKafkaHealth>(Provider);

    public Task<InProcessSiloHandle> AddSiloAsync() => cluster.StartAdditionalSiloAsync();

    public Task StopAsync(InProcessSiloHandle silo) => cluster.StopSiloAsync(silo);

    public Task KillAsync(InProcessSiloHandle silo) => cluster.KillSiloAsync(silo);

    /// <summary>Sends numbered records over the keys in turn: the n-th of each key has the body "n".</summary>
    public async Task SendAsync(int records, int keys, int from = 0)
    {
        var sender = Sender;
        await Task.WhenAll(Enumerable.Range(from, records).Select(number =>
            sender.SendAsync(Record($"key-{number % keys}", (number / keys).ToString(System.Globalization.CultureInfo.InvariantCulture)))));
    }

    public KafkaRecord Record(string key, string body) =>
        new() { Topic = Topic.Topic, Key = key, Type = "wire.test", Body = System.Text.Encoding.UTF8.GetBytes(body) };

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
