using System.Collections.Concurrent;

namespace Phoenix.Kafka;

/// <summary>A topic that is waited for; see <see cref="KafkaTopic.IsRequired"/>.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Since">Since when it is waited for.</param>
/// <param name="Reason">What was found, fit for anyone's eyes.</param>
public sealed record MissingTopic(string Topic, DateTimeOffset Since, string Reason);

/// <summary>The topics that are waited for. Thread-safe.</summary>
internal sealed class MissingTopics(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, MissingTopic> missing = new(StringComparer.Ordinal);

    public IReadOnlyList<MissingTopic> All => [.. missing.Values.OrderBy(each => each.Topic, StringComparer.Ordinal)];

    public void Add(KafkaTopic topic, string reason) =>
        missing.AddOrUpdate(topic.Topic, name => new(name, time.GetUtcNow(), reason), (_, known) => known with { Reason = reason });

    public void Remove(KafkaTopic topic) => missing.TryRemove(topic.Topic, out _);
}
