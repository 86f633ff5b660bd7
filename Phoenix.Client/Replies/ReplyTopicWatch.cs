using Microsoft.Extensions.Options;
using Phoenix.Kafka;

namespace Phoenix.Client.Replies;

/// <summary>
/// Notices that the reply topic is no longer the one that is read. The consumer itself notices late, or never: its position may exist in
/// the new one too.
/// </summary>
internal sealed class ReplyTopicWatch(IOptions<PhoenixClientOptions> options, TimeProvider time) : IDisposable
{
    private readonly Lazy<KafkaTopics> _topics = new(() => new(options.Value.BootstrapServers, options.Value.ExtraProperties.AsReadOnly()));

    /// <summary>Returns what became of the topic as soon as this place is not in it any more.</summary>
    public async Task<string> LostAsync(ReplyPlace place, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(options.Value.ReplyTopicCheckInterval, time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            if (await ChangeAsync(place).ConfigureAwait(false) is { } change) return change;
        }

        throw new OperationCanceledException(cancellation);
    }

    private async Task<string?> ChangeAsync(ReplyPlace place)
    {
        try
        {
            return await _topics.Value.DescribeAsync(place.Position.Topic).ConfigureAwait(false) switch
            {
                null => "it is gone",
                { } found when found.Incarnation != place.Incarnation => "it was made anew",
                { } found when found.Partitions <= place.Position.Partition.Value => $"it has {found.Partitions} partition(s)",
                _ => null,
            };
        }
        catch (KafkaUnavailableException)
        {
            // A broker that is away has not lost its topics.
            return null;
        }
    }

    public void Dispose()
    {
        if (_topics.IsValueCreated) _topics.Value.Dispose();
    }
}
