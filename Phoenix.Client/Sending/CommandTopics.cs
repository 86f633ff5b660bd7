using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Phoenix.Client.Replies;
using Phoenix.Kafka;

namespace Phoenix.Client.Sending;

/// <summary>
/// Knows which aggregates have a command topic. A producer looks for one that does not exist for seconds before it says so; asked by name,
/// the broker says it at once.
/// </summary>
internal sealed class CommandTopics(IOptions<PhoenixClientOptions> options, ReplyReader replies, ReplyTopic replyTopic) : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _found = new();
    private readonly Lazy<KafkaTopics> _topics = new(() => new(options.Value.BootstrapServers, options.Value.ExtraProperties.AsReadOnly()));

    /// <summary>
    /// False when there is certainly none. What is not known yet, as while no broker was reached, is for the producer to find out.
    /// </summary>
    public ValueTask<bool> MayExistAsync(string aggregate) =>
        _found.ContainsKey(aggregate) || !replies.Ready.IsCompletedSuccessfully || replyTopic.IsEmbedded ? new(true) : AskAsync(aggregate);

    private async ValueTask<bool> AskAsync(string aggregate)
    {
        try
        {
            if (await _topics.Value.DescribeAsync(options.Value.CommandTopic(aggregate)).ConfigureAwait(false) is null) return false;
            _found[aggregate] = true;
            return true;
        }
        catch (Exception error) when (error is KafkaUnavailableException or ObjectDisposedException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        if (_topics.IsValueCreated) _topics.Value.Dispose();
    }
}
