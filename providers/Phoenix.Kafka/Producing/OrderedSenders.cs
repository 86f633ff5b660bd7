using System.Globalization;

namespace Phoenix.Kafka;

/// <summary>Asks the broker for a topic and its limit before each sender.</summary>
internal sealed class OrderedSenders(KafkaSenderOptions options) : IOrderedSenders, IDisposable
{
    // The broker's default of message.max.bytes; a broker that does not tell its limit may have this one.
    private const int UsualLimit = 1_048_588;
    private readonly KafkaTopics _topics = new(options.BootstrapServers, options.ExtraProperties.AsReadOnly());

    public async Task<IOrderedSender> OpenAsync(string topic)
    {
        if (await _topics.DescribeAsync(topic) is null)
            throw new KafkaRejectedException(KafkaRejectedException.UnknownTopic, $"Topic '{topic}' does not exist. Create it or correct the name.");
        var settings = await _topics.SettingsAsync(topic);
        var limit = settings?.GetValueOrDefault("max.message.bytes") is { } text && int.TryParse(text, CultureInfo.InvariantCulture, out var told) ? told : UsualLimit;
        return new OrderedSender(options, topic, Math.Clamp(limit, 1_000, options.MaxRecordBytes));
    }

    public async Task EnsureAsync(string topic, int partitions, short? replicationFactor) => await _topics.EnsureAsync(topic, partitions, replicationFactor);

    public void Dispose() => _topics.Dispose();
}
