using Microsoft.Extensions.Options;

namespace Phoenix.Kafka;

/// <summary>Finds stream settings that cannot work, at start-up.</summary>
internal sealed class KafkaStreamOptionsValidator(string provider) : IValidateOptions<KafkaStreamOptions>
{
    public ValidateOptionsResult Validate(string? name, KafkaStreamOptions options)
    {
        if (name != provider)
            return ValidateOptionsResult.Skip;
        var errors = new List<string>();

        Require(!string.IsNullOrWhiteSpace(options.BootstrapServers), "BootstrapServers is empty; set it to the brokers' addresses, for example 'localhost:9092'.");
        Require(!string.IsNullOrWhiteSpace(options.ConsumerGroup), "ConsumerGroup is empty; set it to a name that all silos of this cluster share and nobody else uses.");
        Require(options.Topics.Count > 0, "Topics is empty; add a KafkaTopic for each stream namespace.");
        foreach (var topic in options.Topics)
        {
            Require(!string.IsNullOrEmpty(topic.StreamNamespace) && !string.IsNullOrEmpty(topic.Topic), $"{topic} lacks a namespace or a topic name.");
            Require(topic.Partitions > 0, $"{topic} must have at least 1 partition.");
            Require(topic.ReplicationFactor is null or >= 1, $"{topic} must have at least 1 replica, or none stated.");
            Require(topic.MaxRecordBytes is null or >= 1,
                $"{topic.Topic}: MaxRecordBytes is {topic.MaxRecordBytes}; set it to at least 1.");
            Require(topic.DeadLetterTopic != topic.Topic, $"{topic} is its own dead-letter topic; choose another.");
        }
        Unique(options.Topics.Select(topic => topic.StreamNamespace), "stream namespace");
        Unique(options.Topics.Select(topic => topic.Topic), "topic");
        AtLeastOne(options.MaxUndecidedPerPartition, nameof(options.MaxUndecidedPerPartition));
        AtLeastOne(options.MaxUndecidedBytesPerPartition, nameof(options.MaxUndecidedBytesPerPartition));
        AtLeastOne(options.MaxUndecided, nameof(options.MaxUndecided));
        AtLeastOne(options.MaxUndecidedBytes, nameof(options.MaxUndecidedBytes));
        AtLeastOne(options.MaxBatchRecords, nameof(options.MaxBatchRecords));
        AtLeastOne(options.MaxBatchBytes, nameof(options.MaxBatchBytes));
        AtLeastOne(options.MaxMessageBytes, nameof(options.MaxMessageBytes));
        AtLeastOne(options.MaxDeadLetterBytes, nameof(options.MaxDeadLetterBytes));
        Positive(options.LongPoll, nameof(options.LongPoll));
        Require(options.GatherTime >= TimeSpan.Zero && options.GatherTime <= TimeSpan.FromMilliseconds(100), $"GatherTime is {options.GatherTime}; set it to 0 to 100 ms.");
        Positive(options.CommitInterval, nameof(options.CommitInterval));
        Positive(options.RecommitInterval, nameof(options.RecommitInterval));
        Positive(options.KeyInactivity, nameof(options.KeyInactivity));
        Positive(options.RetryDelay, nameof(options.RetryDelay));
        Positive(options.StartupTimeout, nameof(options.StartupTimeout));
        Positive(options.HandOverTimeout, nameof(options.HandOverTimeout));
        Positive(options.TopicCheckInterval, nameof(options.TopicCheckInterval));
        foreach (var problem in ClientProperties.Problems(options.ExtraProperties, nameof(options.ExtraProperties)))
            Require(false, problem);
        Require(options.MaxRetryDelay >= options.RetryDelay, $"MaxRetryDelay ({options.MaxRetryDelay}) must not be below RetryDelay ({options.RetryDelay}).");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Require(bool holds, string message)
        {
            if (!holds)
                errors.Add($"Kafka streams '{provider}': {message}");
        }

        void AtLeastOne(long value, string option) => Require(value >= 1, $"{option} is {value}; set it to at least 1.");

        void Positive(TimeSpan value, string option) => Require(value > TimeSpan.Zero, $"{option} is {value}; set it above zero.");

        void Unique(IEnumerable<string> values, string what)
        {
            foreach (var twice in values.GroupBy(value => value, StringComparer.Ordinal).Where(group => group.Count() > 1))
                Require(false, $"{what} '{twice.Key}' stands in Topics {twice.Count()} times; each may stand once.");
        }
    }
}
