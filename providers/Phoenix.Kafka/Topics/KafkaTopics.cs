using System.Diagnostics;
using System.Net;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Phoenix.Kafka;

/// <summary>Creates and describes topics. Thread-safe.</summary>
/// <param name="bootstrapServers">Comma-separated <c>host:port</c> list.</param>
/// <param name="extraProperties">Further librdkafka properties, for example SASL settings.</param>
public sealed class KafkaTopics(string bootstrapServers, IReadOnlyDictionary<string, string>? extraProperties = null) : IDisposable
{
    // What librdkafka's mock cluster calls itself; an Apache Kafka cluster's id is a UUID in base64.
    private const string EmbeddedClusterId = "mockCluster";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EmbeddedTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AppearPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MetadataPause = TimeSpan.FromMilliseconds(200);

    private readonly Lazy<NativeClient<IAdminClient>> admin = new(() => new(new AdminClientBuilder(
        ClientProperties.Merge(new AdminClientConfig { BootstrapServers = bootstrapServers }, extraProperties))
        .SetLogHandler(static (_, _) => { })
        .SetErrorHandler(static (_, _) => { })
        .Build()));

    private volatile TopicIds topicIds;
    private volatile string? clusterId;

    // On this machine, and found not to be the embedded one.
    private volatile bool isReal;

    private enum TopicIds
    {
        NotAskedYet,
        Told,
        NotTold,
    }

    /// <summary>
    /// Creates the topic unless it exists. A broker that cannot create topics on request (the embedded one) is asked for the
    /// topic's metadata instead, which makes it create the topic.
    /// </summary>
    /// <param name="topic">Topic name.</param>
    /// <param name="partitions">Partitions of a new topic.</param>
    /// <param name="replicationFactor">Replicas of a new topic; <see langword="null"/> takes the broker's default.</param>
    /// <param name="settings">Settings of a new topic, for example <c>retention.ms</c>.</param>
    /// <returns>What the broker says about the topic, which may have another number of partitions.</returns>
    /// <exception cref="KafkaRejectedException">Topics may not be created with this user, or not such a one.</exception>
    /// <exception cref="KafkaUnavailableException">The broker cannot be reached.</exception>
    public async Task<TopicDescription> EnsureAsync(
        string topic, int partitions, short? replicationFactor = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        if (await DescribeAsync(topic) is { } existing)
            return existing;
        if (topicIds == TopicIds.NotTold)
            await CreateByMetadataAsync(topic);
        else
            await CreateAsync(topic, partitions, replicationFactor, settings);
        return await AppearedAsync(topic, partitions);
    }

    /// <summary>Describes a topic; <see langword="null"/> when it does not exist.</summary>
    /// <param name="topic">Topic name.</param>
    /// <exception cref="KafkaRejectedException">This user may not describe it.</exception>
    /// <exception cref="KafkaUnavailableException">The broker cannot be reached.</exception>
    public async Task<TopicDescription?> DescribeAsync(string topic)
    {
        if (topicIds == TopicIds.NotTold)
            return await DescribeByMetadataAsync(topic);
        var mayBeEmbedded = topicIds == TopicIds.NotAskedYet && !isReal && await Task.Run(IsOnLoopback);
        try
        {
            var result = await admin.Value.AskAsync(native => native.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = mayBeEmbedded ? EmbeddedTimeout : RequestTimeout }));
            var found = result.TopicDescriptions[0];
            topicIds = TopicIdentity.IsZero(found.TopicId) ? TopicIds.NotTold : TopicIds.Told;
            if (topicIds == TopicIds.NotTold)
                return await DescribeByMetadataAsync(topic);
            return new(topic, TopicIdentity.Text(found.TopicId), found.Partitions.Count, HasTopicId: true);
        }
        catch (DescribeTopicsException error) when (
            error.Results.TopicDescriptions.Any(static found => found.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic))
        {
            topicIds = TopicIds.Told;
            return null;
        }
        catch (DescribeTopicsException error)
            when (error.Results.TopicDescriptions.Any(static found => found.Error.Code == ErrorCode.TopicAuthorizationFailed))
        {
            topicIds = TopicIds.Told;
            throw new KafkaRejectedException(KafkaRejectedException.NotPermitted,
                $"This user may not describe topic '{topic}'. Allow Describe on it, and Read to read it.", error);
        }
        catch (KafkaException error) when (IsUnsupported(error) || (mayBeEmbedded && error.Error.Code == ErrorCode.Local_TimedOut))
        {
            // The embedded broker has no controller, which such a request waits for in vain. A real one that is busy may take as long.
            if (!IsUnsupported(error) && !await IsEmbeddedAsync())
            {
                isReal = true;
                return await DescribeAsync(topic);
            }
            topicIds = TopicIds.NotTold;
            return await DescribeByMetadataAsync(topic);
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException($"describe topic '{topic}'", bootstrapServers, error);
        }
    }

    /// <summary>
    /// Whether this is the broker embedded in librdkafka, told by its cluster id. It answers a fetch that found nothing when its time is
    /// over and not when a record arrives, so its consumers have to ask again often.
    /// </summary>
    /// <exception cref="KafkaUnavailableException">The broker cannot be reached.</exception>
    public async Task<bool> IsEmbeddedAsync() => (await ClusterIdAsync()).StartsWith(EmbeddedClusterId, StringComparison.Ordinal);

    /// <summary>The settings of a topic by name; <see langword="null"/> when the broker does not tell them, or not this user.</summary>
    /// <param name="topic">Topic name.</param>
    /// <exception cref="KafkaUnavailableException">The broker cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> SettingsAsync(string topic)
    {
        if (topicIds == TopicIds.NotTold)
            return null;
        try
        {
            var told = await admin.Value.AskAsync(native => native.DescribeConfigsAsync(
                [new ConfigResource { Type = ResourceType.Topic, Name = topic }], new DescribeConfigsOptions { RequestTimeout = RequestTimeout }));
            return told[0].Entries.Values.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Name, entry => entry.Value);
        }
        catch (DescribeConfigsException)
        {
            // Not permitted, or gone meanwhile.
            return null;
        }
        catch (KafkaException error) when (IsUnsupported(error))
        {
            return null;
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException($"read the settings of topic '{topic}'", bootstrapServers, error);
        }
    }

    /// <summary>
    /// Where the logs of partitions end, without transactions that are open; those of which nobody tells it are left out.
    /// </summary>
    internal async Task<IReadOnlyDictionary<TopicPartition, long>> EndOffsetsAsync(IEnumerable<TopicPartition> partitions)
    {
        var asked = partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() });
        var limits = new ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = IsolationLevel.ReadCommitted };
        try
        {
            return Known((await admin.Value.AskAsync(native => native.ListOffsetsAsync(asked, limits))).ResultInfos);
        }
        catch (ListOffsetsException error)
        {
            return Known(error.Result.ResultInfos);
        }

        static Dictionary<TopicPartition, long> Known(IEnumerable<ListOffsetsResultInfo> told) => told
            .Select(each => each.TopicPartitionOffsetError)
            .Where(each => !each.Error.IsError)
            .ToDictionary(each => each.TopicPartition, each => each.Offset.Value);
    }

    /// <summary>Deletes a topic with all its records.</summary>
    /// <param name="topic">Topic name.</param>
    public Task DeleteAsync(string topic) => admin.Value.AskAsync(native => native.DeleteTopicsAsync([topic]));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (admin.IsValueCreated)
            admin.Value.Dispose();
    }

    private async Task CreateAsync(string topic, int partitions, short? replicationFactor, IReadOnlyDictionary<string, string>? settings)
    {
        var specification = new TopicSpecification
        {
            Name = topic,
            NumPartitions = partitions,
            ReplicationFactor = replicationFactor ?? -1,
            Configs = settings?.ToDictionary(),
        };
        try
        {
            await admin.Value.AskAsync(native => native.CreateTopicsAsync([specification], new CreateTopicsOptions { RequestTimeout = RequestTimeout }));
        }
        catch (CreateTopicsException error) when (error.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            // Another silo was faster.
        }
        catch (CreateTopicsException error) when (error.Results[0].Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed)
        {
            throw new KafkaRejectedException(
                KafkaRejectedException.NotPermitted,
                $"Topic '{topic}' does not exist and this user may not create it. Create it with {partitions} partitions, or allow Create on the topic.",
                error);
        }
        catch (CreateTopicsException error) when (IsRefused(error.Results[0].Error.Code))
        {
            throw new KafkaRejectedException(
                KafkaRejectedException.Refused,
                $"The brokers refuse to create topic '{topic}' with {partitions} partitions{Asked(settings)}: {error.Results[0].Error.Reason}. "
                + "Create it by hand as their rules allow, or change them.",
                error);
        }
        catch (KafkaException error) when (IsUnsupported(error))
        {
            // The embedded broker: asking for the topic's metadata makes it create the topic.
            await CreateByMetadataAsync(topic);
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException($"create topic '{topic}' with {partitions} partitions", bootstrapServers, error);
        }
    }

    private async Task<TopicDescription> AppearedAsync(string topic, int partitions)
    {
        // A created topic shows up in metadata a moment later, and at brokers that are busy much later.
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < AppearPatience;)
        {
            if (await DescribeAsync(topic) is { Partitions: > 0 } description)
                return description;
            await Task.Delay(MetadataPause);
        }
        throw new KafkaRejectedException(
            "topic-missing", $"Topic '{topic}' does not exist and could not be created. Create it with {partitions} partitions.");
    }

    private bool IsOnLoopback()
    {
        try
        {
            return admin.Value.Use(native => native.GetMetadata(RequestTimeout)).Brokers.TrueForAll(
                static broker => broker.Host == "localhost" || (IPAddress.TryParse(broker.Host, out var address) && IPAddress.IsLoopback(address)));
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException("tell its brokers", bootstrapServers, error);
        }
    }

    private Task<int> CreateByMetadataAsync(string topic) =>
        Task.Run(() => PartitionsByMetadata(topic, static (admin, name) => admin.GetMetadata(name, RequestTimeout)));

    // Of all topics: a broker that is asked for one may create it. The id is not what the broker that answers calls itself: another one may
    // answer next.
    private async Task<TopicDescription?> DescribeByMetadataAsync(string topic)
    {
        var partitions = await Task.Run(() => PartitionsByMetadata(topic, static (admin, _) => admin.GetMetadata(RequestTimeout)));
        return partitions == 0 ? null : new(topic, clusterId ??= await ClusterIdAsync(), partitions, HasTopicId: false);
    }

    private int PartitionsByMetadata(string topic, Func<IAdminClient, string, Metadata> ask)
    {
        try
        {
            var found = admin.Value.Use(native => ask(native, topic)).Topics.FirstOrDefault(each => each.Topic == topic);
            return found is null || found.Error.IsError ? 0 : found.Partitions.Count;
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException($"read the metadata of topic '{topic}'", bootstrapServers, error);
        }
    }

    // Empty: the brokers do not tell it, or not this user.
    private async Task<string> ClusterIdAsync()
    {
        try
        {
            return (await admin.Value.AskAsync(native => native.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = RequestTimeout }))).ClusterId ?? "";
        }
        catch (KafkaException error) when (IsUnsupported(error) || error.Error.Code == ErrorCode.ClusterAuthorizationFailed)
        {
            return "";
        }
        catch (KafkaException error)
        {
            throw new KafkaUnavailableException("describe the cluster", bootstrapServers, error);
        }
    }

    private static string Asked(IReadOnlyDictionary<string, string>? settings) =>
        string.Concat(settings?.Select(setting => $" and {setting.Key}={setting.Value}") ?? []);

    // Asking again fails again: these are rules of the brokers. Too few replicas may be one that starts later.
    private static bool IsRefused(ErrorCode code) => code is ErrorCode.PolicyViolation or ErrorCode.InvalidConfig or ErrorCode.InvalidPartitions;

    private static bool IsUnsupported(KafkaException error) =>
        error.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion or ErrorCode.Local_NotImplemented;
}
