using System.Diagnostics;
using System.Text.Json;
using Confluent.Kafka;
using Phoenix.Dispatch;
using Phoenix.Kafka;
using Phoenix.Local;
using Phoenix.Local.Programs;
using Phoenix.Runs.Samples;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>Three silo processes on a database and topics of their own.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    public const int Size = 3;

    /// <summary>
    /// What a silo may take to start, or the others to notice that one is gone, on a machine that is busy with other tests.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>How often silos commit their positions, by default.</summary>
    public static readonly TimeSpan CommitInterval = new KafkaStreamOptions().CommitInterval;

    /// <summary>Within this a silo that is told to stop has stopped, whatever it stands on.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>What the shop has commands for.</summary>
    public static readonly IReadOnlyCollection<string> Topics = [.. DomainModel.Of(typeof(Account).Assembly).Aggregates.Keys];

    private readonly TestFolder _folder = new();
    private readonly SiloProcess?[] _silos = new SiloProcess?[Size];
    private readonly SiloSettings _settings;
    private readonly InfrastructureOptions _options;

    private SiloCluster(string database, KafkaBroker broker, short? replicas, Dictionary<string, string>? further)
    {
        (Database, Broker, Replicas) = (database, broker, replicas);
        _settings = new(database, broker.BootstrapServers, new ClusterNames(TopicPrefix: Prefix) { Domains = [ShopCluster.Domain] })
        {
            UsualPorts = false,
            Further = replicas is null ? further ?? []
            : new Dictionary<string, string>(further ?? []) { ["Phoenix__ReplicationFactor"] = $"{replicas}" },
        };
        _options = new() { WorkFolder = _folder.Path, StartPatience = Patience };
    }

    public string Prefix { get; } = $"t{Guid.NewGuid():N}"[..12];

    public string Database { get; }

    public KafkaBroker Broker { get; }

    /// <summary>How many brokers keep each topic; null leaves it to the broker.</summary>
    public short? Replicas { get; }

    public static async Task<SiloCluster> StartAsync(
        string database, KafkaBroker broker, short? replicas = null, Dictionary<string, string>? further = null)
    {
        var cluster = new SiloCluster(database, broker, replicas, further);
        try
        {
            // The embedded broker would choose a number of partitions by itself.
            foreach (var topic in broker.IsReal ? [] : Topics)
            {
                await broker.CreateTopicAsync($"{cluster.Prefix}.{topic}.commands", 12);
                await broker.CreateTopicAsync($"{cluster.Prefix}.{topic}.dead-letter", 12);
            }

            // The first one prepares database and topics.
            await cluster.StartAsync(0);
            await Task.WhenAll(cluster.StartAsync(1), cluster.StartAsync(2));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo that is not there and waits until it is ready.</summary>
    public async Task StartAsync(int number) =>
        _silos[number] = await SiloProcess.StartAsync(number, Size, _settings, _options, TestContext.Current.CancellationToken);

    /// <summary>A crash.</summary>
    public async Task KillAsync(int number)
    {
        await _silos[number]!.Program.KillAsync();
        await ForgetAsync(number);
    }

    /// <summary>A clean stop; returns how long it took and the exit code.</summary>
    public async Task<(TimeSpan Took, int ExitCode)> StopAsync(int number)
    {
        var started = Stopwatch.GetTimestamp();
        await _silos[number]!.Program.StopAsync();
        var result = (Stopwatch.GetElapsedTime(started), _silos[number]!.Program.ExitCode);
        await ForgetAsync(number);
        return result;
    }

    public void Freeze(int number) => _silos[number]!.Program.Freeze();

    public void Thaw(int number) => _silos[number]!.Program.Thaw();

    /// <summary>Waits until a silo has ended by itself.</summary>
    public async Task EndedAsync(int number)
    {
        await Eventually.TrueAsync($"silo {number} has ended", () => _silos[number]!.Program.HasExited, Patience);
        await ForgetAsync(number);
    }

    /// <summary>Waits until the membership table has this many silos that count as alive.</summary>
    public Task ActiveAsync(int count) => Eventually.TrueAsync(
        $"{count} silos are active", async () => await Sql.ScalarAsync(Database, "select count(*) from phoenix.membership where status = 3") is long active && active == count, Patience);

    /// <summary>Silos of this name that were declared dead, whether or not they were.</summary>
    public async Task<long> DeclaredDeadAsync(int number) =>
        (long)(await Sql.ScalarAsync(Database, $"select count(*) from phoenix.membership where status = 6 and silo_name = 'silo-{number}'"))!;

    /// <summary>How many silos were declared dead so far.</summary>
    public async Task<long> DeclaredDeadAsync() => (long)(await Sql.ScalarAsync(Database, "select count(*) from phoenix.membership where status = 6"))!;

    /// <summary>Waits until every silo says that it is ready.</summary>
    public Task ReadyAsync() => EachSaysAsync("ready", ready: true);

    /// <summary>Waits until every silo says that it is not ready.</summary>
    public Task NotReadyAsync() => EachSaysAsync("not ready", ready: false);

    /// <summary>Looks for a time once a second whether every silo goes on saying what it says now.</summary>
    public async Task StayAsync(bool ready, bool live, TimeSpan time)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var rhythm = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < time; await rhythm.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            foreach (var silo in _silos.OfType<SiloProcess>())
            {
                Assert.Equal((silo.Name, ready, live), (silo.Name, await SaysAsync(http, silo, "health/ready"), await SaysAsync(http, silo, "health/live")));
            }
        }
    }

    /// <summary>How many partitions of each topic each silo reads, as its health report says.</summary>
    private async Task<IReadOnlyList<ILookup<string, JsonElement>>> PartitionsAsync()
    {
        using var http = new HttpClient();
        var silos = new List<ILookup<string, JsonElement>>();
        foreach (var silo in _silos.OfType<SiloProcess>())
        {
            using var report = JsonDocument.Parse(await (await http.GetAsync(new Uri(silo.Program.Address, "health"))).Content.ReadAsStringAsync());
            var partitions = report.RootElement.GetProperty("checks").EnumerateArray().First(check => check.GetProperty("name").GetString() == "partitions");
            silos.Add(partitions.GetProperty("data").GetProperty("partitions").Clone().EnumerateArray()
                .ToLookup(partition => partition.GetProperty("topic").GetString()!));
        }

        return silos;
    }

    /// <summary>Whether the silos have committed their positions up to the end of a topic.</summary>
    public bool IsCommitted(string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = Broker.BootstrapServers,
            GroupId = $"{Prefix}.silos" }).Build();
        var partitions = Enumerable.Range(0, 12).Select(number => new TopicPartition(topic, number));
        return consumer.Committed(partitions, Eventually.Patience)
            .TrueForAll(each => each.Offset == consumer.QueryWatermarkOffsets(each.TopicPartition, Eventually.Patience).High);
    }

    /// <summary>Waits until all partitions of every topic are read, by each silo as many of a topic as by any other or one more.</summary>
    public Task PartitionsAreEvenAsync() => Eventually.TrueAsync(
        "the partitions of each topic are even within one",
        async () =>
        {
            var silos = await PartitionsAsync();
            return Topics.All(topic =>
            {
                var counts = silos.Select(silo => silo[$"{Prefix}.{topic}.commands"].Count()).ToList();
                return counts.Sum() == 12 && counts.Max() - counts.Min() <= 1;
            });
        },
        Patience);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Size).Select(ForgetAsync));
        await TestTopics.DeleteAsync(Broker.BootstrapServers, Prefix);
        _folder.Dispose();
    }

    private async Task EachSaysAsync(string what, bool ready)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        foreach (var silo in _silos.OfType<SiloProcess>())
        {
            await Eventually.TrueAsync($"{silo.Name} is {what}", async () =>
            {
                if (silo.Program.HasExited) Assert.Fail($"{silo.Name} has ended with exit code {silo.Program.ExitCode}:{Environment.NewLine}{silo.Program.LogTail()}");
                return await SaysAsync(http, silo, "health/ready") == ready;
            }, Patience);
        }
    }

    private static async Task<bool> SaysAsync(HttpClient http, SiloProcess silo, string path)
    {
        using var answer = await http.GetAsync(new Uri(silo.Program.Address, path));
        return answer.IsSuccessStatusCode;
    }

    private async Task ForgetAsync(int number)
    {
        if (_silos[number] is not { } silo) return;
        _silos[number] = null;
        await silo.DisposeAsync();
    }
}
