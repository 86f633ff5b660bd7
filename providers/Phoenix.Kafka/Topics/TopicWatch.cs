using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>
/// Asks the broker from time to time whether the topics are still the ones that are being read. A recreated topic whose log has
/// already outgrown our position would otherwise be read on in the middle, in silence.
/// </summary>
internal sealed class TopicWatch(KafkaTopics admin, TopicCatalog catalog, PartitionReader reader, KafkaStreamOptions options, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.TopicCheckInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                await CheckAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task CheckAsync()
    {
        foreach (var (topic, atStart) in catalog.Topics)
        {
            try
            {
                if (await admin.DescribeAsync(topic.Topic) is { } now)
                    await CompareAsync(topic, atStart, now);
                else
                    Complain(topic, $"topic '{topic.Topic}' does not exist any more; create it again with {atStart.Partitions} partitions");
            }
            catch (KafkaUnavailableException error)
            {
                Complain(topic, $"topic '{topic.Topic}' cannot be described", error.Message);
            }
        }
    }

    private async Task CompareAsync(KafkaTopic topic, TopicDescription atStart, TopicDescription now)
    {
        if (now.HasTopicId && catalog.Renew(topic.Topic, now.Incarnation))
        {
            var finding = $"topic '{topic.Topic}' was recreated (its id is now {now.Incarnation}); it is read from its start";
            ReaderLog.TopicChanged(logger, finding);
            foreach (var intake in Intakes(topic))
                await reader.RestartAsync(intake, finding);
        }
        if (now.Partitions == atStart.Partitions)
            Withdraw(topic);
        else
            Complain(topic, $"topic '{topic.Topic}' has {now.Partitions} partitions, {atStart.Partitions} when this silo started; restart the silos to read all of them");
    }

    private IEnumerable<PartitionIntake> Intakes(KafkaTopic topic) => reader.Intakes.Where(intake => intake.Partition.Topic == topic.Topic);

    private void Complain(KafkaTopic topic, string summary, string? reason = null)
    {
        foreach (var intake in Intakes(topic))
            intake.Complaints.Raise(nameof(TopicCatalog), summary, reason);
    }

    private void Withdraw(KafkaTopic topic)
    {
        foreach (var intake in Intakes(topic))
            intake.Complaints.Clear(nameof(TopicCatalog));
    }
}
