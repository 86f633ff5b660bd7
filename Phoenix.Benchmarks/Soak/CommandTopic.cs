using Phoenix.Kafka;

namespace Phoenix.Benchmarks.Soak;

/// <summary>The command topic that gets garbage: it takes any timestamp, and may be deleted and made again.</summary>
internal sealed class CommandTopic(string kafka, string name)
{
    private const int Partitions = 12;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly Dictionary<string, string> Settings = new() { ["message.timestamp.after.max.ms"] = $"{long.MaxValue}" };

    public async Task EnsureAsync()
    {
        using var topics = new KafkaTopics(kafka);
        await topics.EnsureAsync(name, Partitions, settings: Settings);
    }

    /// <summary>Deletes it with all that it holds, and makes it again.</summary>
    public async Task RecreateAsync(CancellationToken cancellation)
    {
        using var topics = new KafkaTopics(kafka);
        await topics.DeleteAsync(name);
        while (await topics.DescribeAsync(name) is not null) await Task.Delay(Look, cancellation);
        await topics.EnsureAsync(name, Partitions, settings: Settings);
    }
}
