using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Phoenix.Kafka;

/// <summary>
/// Asks the broker, after records were read that <see cref="HeldRecords"/> keeps, whether the topic is still the one of their partition's
/// life. An id never comes back: one that was there before a record was read and is there afterwards is the record's. One question for all
/// that wait, one at a time for each topic.
/// </summary>
internal sealed class LifeConfirmations(
    KafkaTopics admin, PartitionStarts starts, RefusedRecords refused, KafkaStreamOptions options, TimeProvider time, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<string, Channel<PartitionIntake>> topics = new(StringComparer.Ordinal);

    /// <summary>Has the records that a partition holds confirmed, if it does.</summary>
    public void AskFor(PartitionIntake intake)
    {
        if (intake.Held is not null)
            topics.GetOrAdd(intake.Partition.Topic, Open).Writer.TryWrite(intake);
    }

    private Channel<PartitionIntake> Open(string topic)
    {
        var asked = Channel.CreateUnbounded<PartitionIntake>(new() { SingleReader = true });
        _ = Task.Run(() => AnswerAsync(topic, asked.Reader), CancellationToken.None);
        return asked;
    }

    private async Task AnswerAsync(string topic, ChannelReader<PartitionIntake> asked)
    {
        var backoff = new RetryBackoff(options.RetryDelay, options.MaxRetryDelay);
        var waiting = new HashSet<PartitionIntake>();
        var attempt = 0;
        try
        {
            while (waiting.Count > 0 || await asked.WaitToReadAsync(stopping))
            {
                while (asked.TryRead(out var intake))
                    waiting.Add(intake);
                if (await ConfirmAsync(topic, waiting))
                    attempt = 0;
                else
                    await Task.Delay(backoff.Next(attempt++), time, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    // False: nobody could tell.
    private async Task<bool> ConfirmAsync(string topic, HashSet<PartitionIntake> waiting)
    {
        // Noted before the question: it says nothing of what is read after it.
        var held = waiting.Select(intake => (Intake: intake, intake.Held)).Where(each => each.Held is not null).Select(each => (each.Intake, each.Held!.Value.Life, each.Held.Value.Below)).ToList();
        var (known, problem) = await AskAsync(topic);
        if (known is null)
        {
            foreach (var (intake, _, _) in held)
                intake.Complaints.Raise(this, $"records without an id wait until topic '{topic}' can be described", problem);
            return false;
        }
        foreach (var (intake, life, below) in held)
        {
            if (life.Incarnation != known.Incarnation)
                starts.TopicChanged(intake, life);
            foreach (var (record, reason) in life.Incarnation == known.Incarnation ? intake.Confirm(life, below) : [])
                refused.PutAside(intake, record, reason);
            intake.Complaints.Clear(this);
        }
        waiting.Clear();
        return true;
    }

    private async Task<(TopicDescription? Known, string? Problem)> AskAsync(string topic)
    {
        try
        {
            return await admin.DescribeAsync(topic) is { } known ? (known, null) : (null, $"topic '{topic}' does not exist");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return (null, error.Message);
        }
    }
}
