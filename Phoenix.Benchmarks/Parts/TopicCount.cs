using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>How many records a topic has taken, as the broker says: the same measure for every side.</summary>
internal sealed class TopicCount(string bootstrap, string topic) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IAdminClient _admin =
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).SetLogHandler((_, _) => { }).Build();

    private readonly TopicPartitionOffsetSpec[] _ends =
    [
        .. Enumerable.Range(0, KafkaTopicNames.Partitions)
            .Select(partition => new TopicPartitionOffsetSpec { TopicPartition = new(topic, partition), OffsetSpec = OffsetSpec.Latest() }),
    ];

    public async Task<long> NowAsync() =>
        (await _admin.ListOffsetsAsync(_ends)).ResultInfos.Sum(one => one.TopicPartitionOffsetError.Offset.Value);

    /// <summary>Waits until it holds so many, as long as it grows, and tells how many it holds.</summary>
    /// <exception cref="PartFailedException">It has not grown for a minute.</exception>
    public async Task<long> ReachAsync(long count)
    {
        var (last, since) = (-1L, Stopwatch.GetTimestamp());
        using var rhythm = new PeriodicTimer(Pause);
        while (true)
        {
            var now = await NowAsync();
            if (now >= count) return now;
            if (now > last) (last, since) = (now, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new PartFailedException($"The topic '{topic}' stays at {now:N0} records of {count:N0}.");
            await rhythm.WaitForNextTickAsync();
        }
    }

    public void Dispose() => _admin.Dispose();
}
