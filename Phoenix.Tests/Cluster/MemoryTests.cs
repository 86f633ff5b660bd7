using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Aggregates;
using Phoenix.Kafka;
using Phoenix.Tests.Engine;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// What very many aggregates that are touched once cost a silo with default settings. The figures go to the test's output.
/// </summary>
[Trait("Category", "Servers")]
[Trait("Category", "Long")]
[Collection(ClusterTests.Name)]
public sealed class MemoryTests(SharedPostgres postgres, SharedKafka kafka, ITestOutputHelper output)
{
    private const int Before = 5_000;
    private const int Touched = 100_000;
    private const string Aggregate = "tests.counter";
    private static readonly byte[] Add = JsonSerializer.SerializeToUtf8Bytes(new { amount = 1, text = "" });
    private readonly string _prefix = $"t{Guid.NewGuid():N}"[..12];

    [LongFact]
    public async Task a_hundred_thousand_aggregates_touched_once_leave_little_behind_and_are_never_all_in_memory()
    {
        var database = await postgres.NewDatabaseAsync();
        var bootstrap = await kafka.BootstrapAsync();
        // The embedded broker would choose a number of partitions by itself.
        foreach (var topic in SharedKafka.IsReal ? [] : new[] { "commands", "dead-letter" }) await kafka.CreateTopicAsync($"{_prefix}.{Aggregate}.{topic}", 12);
        await using var silo = await TestSilo.StartAsync(
            database, options => (options.Kafka, options.TopicPrefix) = (bootstrap, _prefix), silo: silo => silo.Services.AddSingleton<IHindrance>(new Hindrances()));
        var limits = silo.Services.GetRequiredService<AggregateOptions>();
        var active = silo.Services.GetRequiredService<ActiveAggregates>();

        // What is paid once is not charged to anybody.
        await TouchAsync(silo, 0, Before, () => { });
        var before = await IdleAsync(silo);
        ForgetPeak();
        var most = 0;
        await TouchAsync(silo, Before, Touched, () => most = Math.Max(most, active.Count));
        var peak = Peak();
        var bytes = (await IdleAsync(silo) - before) / (double)Touched;

        output.WriteLine($"{bytes:N0} bytes an idle aggregate, {most:N0} active at most, {peak / 1e6:N0} MB at the peak of the whole test process");
        Assert.InRange(most, limits.MaxActive / 2, limits.MaxActive * 11 / 10);
        Assert.InRange(bytes, 0, 400);
        // The whole backlog is read at once, so everything active waits for its turn, too.
        Assert.InRange(peak, 0, 2_500e6);
    }

    private async Task TouchAsync(TestSilo silo, int first, int count, Action onLook)
    {
        var sender = silo.Services.GetRequiredService<IKafkaSender>();
        foreach (var some in Enumerable.Range(first, count).Chunk(1_000)) await Task.WhenAll(some.Select(number => sender.SendAsync(Touch(number))));
        // The topic is new, so what is done is what was touched.
        var wire = silo.Services.GetRequiredService<IKafkaHealth>();
        await Eventually.TrueAsync(
            $"{count} aggregates are touched",
            () =>
            {
                onLook();
                return wire.Partitions.Sum(partition => partition.DoneOffset) == first + count;
            },
            TimeSpan.FromMinutes(5));
    }

    private KafkaRecord Touch(int number) => new()
    {
        Topic = $"{_prefix}.{Aggregate}.commands", Key = $"c-{number}", Type = "tests.add", Id = Guid.NewGuid().ToString(), Source = "tests", Body = Add,
    };

    /// <summary>Bytes on the managed heap when every aggregate is collected and every stream forgotten.</summary>
    private static async Task<long> IdleAsync(TestSilo silo)
    {
        var active = silo.Services.GetRequiredService<ActiveAggregates>();
        var wire = silo.Services.GetRequiredService<IKafkaHealth>();
        await Eventually.TrueAsync("all are collected", async () =>
        {
            await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
            return active.Count == 0 && wire.Partitions.Sum(partition => partition.Keys) == 0;
        });
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Peak() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).AsSpan(6).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
}
