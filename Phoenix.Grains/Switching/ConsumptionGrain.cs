using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Phoenix.Deciding;
using Phoenix.EventStore;
using Phoenix.Hosting;
using Phoenix.Kafka;

namespace Phoenix.Switching;

/// <summary>Switches topics off and on for operators.</summary>
[StatelessWorker]
internal sealed class ConsumptionGrain(TopicSwitches switches, IOptionsMonitor<KafkaStreamOptions> streams, ILogger<ConsumptionGrain> logger)
    : Grain, IConsumptionGrain
{
    private const int LongestReason = 500;

    private IReadOnlyList<KafkaTopic> Topics => [.. streams.Get(PhoenixSiloBuilderExtensions.KafkaProvider).Topics];

    public async Task<IReadOnlyList<ConsumedTopic>> List()
    {
        var off = (await AskAsync(switches.ListAsync)).ToDictionary(one => one.Topic);
        var read = Topics.ToDictionary(topic => topic.Topic, topic => topic.StreamNamespace);
        return
        [
            .. read.Keys.Union(off.Keys).Order(StringComparer.Ordinal)
                .Select(topic => new ConsumedTopic(topic, read.GetValueOrDefault(topic), off.GetValueOrDefault(topic)?.Since, off.GetValueOrDefault(topic)?.Reason)),
        ];
    }

    public async Task Off(string topic, string reason)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason)
            throw new ArgumentException($"A reason has 1 to {LongestReason} characters; found {reason?.Length ?? 0}.");
        if (Topics.All(one => one.Topic != topic))
            throw new ArgumentException($"No silo reads a topic '{topic}'. Those that are read: {string.Join(", ", Topics.Select(one => one.Topic).Order(StringComparer.Ordinal))}.");
        await AskAsync(async () =>
        {
            await switches.OffAsync(topic, reason);
            return true;
        });
    }

    public Task<bool> On(string topic) => AskAsync(() => switches.OnAsync(topic));

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is not ArgumentException)
        {
            throw Errors.ForCaller(exception, "topics", logger);
        }
    }
}
