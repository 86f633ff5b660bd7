using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phoenix.Aggregates;
using Phoenix.Coordination;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Hosting;
using Phoenix.Kafka;

namespace Phoenix.Ledger;

/// <summary>Finds out what may bring a command back, and from when on its row is needed for that.</summary>
internal sealed class LedgerHolds(
    LedgerTrimming ledger, IServiceProvider services, IOptionsMonitor<KafkaStreamOptions> streams, AggregateOptions options,
    ServiceOptions others, TimeProvider time)
{
    public const string Senders = "senders";

    /// <summary>
    /// Records carry the clocks of their senders; a row may have been recorded this much before the time that its record carries.
    /// </summary>
    private static readonly TimeSpan WrongClocks = TimeSpan.FromDays(1);

    /// <summary>What needs rows, the furthest back first.</summary>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    /// <exception cref="LogUnavailableException">The database does not answer.</exception>
    public async Task<IReadOnlyList<LedgerHold>> FindAsync(CancellationToken cancellation)
    {
        var holds = new List<LedgerHold> { new(Senders, time.GetUtcNow() - options.KeepLedgerFor) };
        holds.AddRange(others.Select(
            other => new LedgerHold($"transactions of '{other.Key}'", time.GetUtcNow() - other.Value.KeepLedgerFor)));
        holds.AddRange((await ledger.NeedsAsync(OpenTransactions.Kind.DueName)).Select(need => new LedgerHold(need.What, need.Since)));
        if (Topics() is { Count: > 0 } topics)
        {
            var oldest = await services.GetRequiredService<ITopicAges>().OldestAsync(topics, cancellation);
            holds.AddRange(oldest.Select(topic => new LedgerHold($"topic {topic.Key}", HeldSince(topic.Value, time.GetUtcNow()))));
        }

        return [.. holds.OrderBy(hold => hold.Since)];
    }

    /// <summary>
    /// All that is read from topics, and what was put aside: it may be put back. Answers of other services bring no command.
    /// </summary>
    private List<string> Topics() =>
        [.. streams.Get(PhoenixSiloBuilderExtensions.KafkaProvider).Topics
            .Where(topic => topic.StreamNamespace != StepReplies.Namespace)
            .SelectMany(topic => new[] { topic.Topic, topic.DeadLetterTopic }).Distinct()];

    // A time in the future says nothing about the age of what follows.
    internal static DateTimeOffset HeldSince(DateTimeOffset oldest, DateTimeOffset now) =>
        oldest > now + WrongClocks || oldest < DateTimeOffset.UnixEpoch + WrongClocks ? DateTimeOffset.UnixEpoch : oldest - WrongClocks;
}
