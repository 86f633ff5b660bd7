namespace Phoenix.Kafka;

/// <summary>
/// Asks the broker from time to time whether the topics are still the ones that are being read. A recreated topic whose log has
/// already outgrown our position would otherwise be read on in the middle, in silence, partitions that were added would be read by nobody,
/// and a topic that is waited for would come unnoticed.
/// </summary>
internal sealed class TopicWatch(
    KafkaTopics admin, TopicCatalog catalog, PartitionMapper mapper, PartitionReader reader, MissingTopics missing,
    KafkaStreamOptions options, TimeProvider time)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        foreach (var (topic, description) in catalog.Topics)
            Note(topic, description);
        await reader.FirstStarts.KeepMissingAsync();
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
        await reader.FirstStarts.KeepMissingAsync();
        foreach (var (topic, _) in catalog.Topics)
        {
            try
            {
                var now = await admin.DescribeAsync(topic.Topic);
                Note(topic, now);
                if (now is not null)
                    Compare(topic, now);
                else
                    Complain(topic,
                        $"topic '{topic.Topic}' does not exist any more; create it again with {mapper.Partitions(topic)} partitions");
            }
            catch (KafkaRejectedException error) when (!topic.IsRequired)
            {
                missing.Add(topic, error.Message);
                Complain(topic, error.Message);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Complain(topic, $"topic '{topic.Topic}' cannot be described", error.Message);
            }
        }
    }

    private void Note(KafkaTopic topic, TopicDescription? found)
    {
        if (found is not null)
            missing.Remove(topic);
        else if (!topic.IsRequired)
            missing.Add(topic, $"topic '{topic.Topic}' does not exist; it is not created here, and is read when it comes");
    }

    private void Compare(KafkaTopic topic, TopicDescription now)
    {
        foreach (var intake in now.HasTopicId ? Intakes(topic) : [])
        {
            if (intake.Life is { } life && life.Incarnation != now.Incarnation)
                reader.Starts.TopicChanged(intake, life);
        }
        mapper.Grow(topic, now.Partitions);
        foreach (var intake in Intakes(topic))
        {
            if (intake.Partition.Partition.Value < now.Partitions)
                intake.Complaints.Clear(nameof(TopicCatalog));
            else
                intake.Complaints.Raise(nameof(TopicCatalog), $"topic '{topic.Topic}' has {now.Partitions} partitions now, and this one is gone; restart the silos if that is to stay");
        }
    }

    private IEnumerable<PartitionIntake> Intakes(KafkaTopic topic) => reader.Intakes.Where(intake => intake.Partition.Topic == topic.Topic);

    private void Complain(KafkaTopic topic, string summary, string? reason = null)
    {
        foreach (var intake in Intakes(topic))
            intake.Complaints.Raise(nameof(TopicCatalog), summary, reason);
    }
}
