using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>
/// Which partitions the consumer reads, and which of them are paused. All changes are made by the thread that reads, between two looks: so
/// no record that it has in hand comes from an assignment that has ended.
/// </summary>
internal sealed class PartitionAssignment(
    IConsumer<byte[]?, byte[]?> consumer, ConcurrentDictionary<TopicPartition, PartitionIntake> intakes, IConsumptionSwitch? topics)
{
    private readonly ConcurrentQueue<(Action Change, TaskCompletionSource Made)> changes = new();
    private volatile bool stopped;

    /// <summary>Reads a partition from an offset, in a new life. It does nothing when the partition was given up meanwhile.</summary>
    public Task<bool> AddAsync(PartitionIntake intake, PartitionLife life, long offset) => RunAsync(() =>
    {
        if (intake.IsClosed)
            return false;
        // First, since it fails while an earlier holder of the partition is not gone, which must still be found among those held.
        consumer.IncrementalAssign([new TopicPartitionOffset(intake.Partition, offset)]);
        intake.Begin(life);
        intakes[intake.Partition] = intake;
        return true;
    });

    /// <summary>Reads a partition no more; it stays among those held until it is given up.</summary>
    public Task SuspendAsync(PartitionIntake intake) => RunAsync(() => Unassign(intake));

    /// <summary>Gives a partition up.</summary>
    public Task RemoveAsync(PartitionIntake intake) => RunAsync(() => intakes.TryRemove(new(intake.Partition, intake)) && Unassign(intake));

    /// <summary>Pauses a partition that holds too much.</summary>
    public void PauseIfFull(PartitionIntake intake)
    {
        if (!intake.Paused && intake.IsFull)
            Pause(intake);
    }

    /// <summary>
    /// Reads no further in topics that are switched off, and reads on where there is room again. True while a partition waits for room: the
    /// thread must look again soon.
    /// </summary>
    public bool SetPauses()
    {
        var waits = false;
        foreach (var (partition, intake) in intakes)
        {
            intake.SwitchedOff = topics?.IsOff(partition.Topic) ?? false;
            if (!intake.Paused)
            {
                if (intake.SwitchedOff)
                    Pause(intake);
            }
            else if (!intake.SwitchedOff)
            {
                if (intake.HasRoom)
                    Resume(intake);
                else
                    waits = true;
            }
        }
        return waits;
    }

    /// <summary>Makes the changes that were asked for.</summary>
    public void RunChanges()
    {
        while (changes.TryDequeue(out var next))
            next.Change();
    }

    /// <summary>Makes no more changes; who waits for one is told.</summary>
    public void Stop()
    {
        stopped = true;
        while (changes.TryDequeue(out var next))
            next.Made.TrySetCanceled();
    }

    private bool Unassign(PartitionIntake intake)
    {
        try
        {
            // The client remembers that a partition is paused after it was taken away, and would never read it again.
            if (intake.Paused)
                Resume(intake);
            consumer.IncrementalUnassign([intake.Partition]);
        }
        catch (KafkaException)
        {
            // It was not assigned.
        }
        return true;
    }

    private void Pause(PartitionIntake intake)
    {
        consumer.Pause([intake.Partition]);
        intake.Paused = true;
    }

    private void Resume(PartitionIntake intake)
    {
        intake.Paused = false;
        consumer.Resume([intake.Partition]);
    }

    private async Task<bool> RunAsync(Func<bool> change)
    {
        var result = false;
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changes.Enqueue((() =>
        {
            try
            {
                result = change();
                made.TrySetResult();
            }
            catch (Exception error)
            {
                made.TrySetException(error);
            }
        }, made));
        if (stopped)
            made.TrySetCanceled();
        await made.Task;
        return result;
    }
}
