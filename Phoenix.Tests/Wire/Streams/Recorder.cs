using System.Collections.Concurrent;
using Phoenix.Kafka;

namespace Phoenix.Tests.Wire;

/// <summary>What the grains of one test cluster received, and how they are told to behave.</summary>
public sealed class Recorder
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<KafkaMessage>> received = new();
    private int count;

    /// <summary>Runs before a batch is recorded; may wait or throw.</summary>
    public Func<string, IReadOnlyList<KafkaMessage>, Task> OnBatch { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Runs when a grain activates; may wait or throw.</summary>
    public Func<string, Task> OnActivate { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Records received, repeats included.</summary>
    public int Count => Volatile.Read(ref count);

    public IEnumerable<string> Keys => received.Keys;

    public IReadOnlyList<KafkaMessage> Of(string key) => received.TryGetValue(key, out var messages) ? [.. messages] : [];

    public IReadOnlyList<string> Bodies(string key) => [.. Of(key).Select(message => System.Text.Encoding.UTF8.GetString(message.Body.Span))];

    public void Add(string key, IReadOnlyList<KafkaMessage> messages)
    {
        var known = received.GetOrAdd(key, _ => new());
        foreach (var message in messages)
            known.Enqueue(message);
        Interlocked.Add(ref count, messages.Count);
    }
}
