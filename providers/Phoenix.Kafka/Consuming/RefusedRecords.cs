using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>
/// Sends records that cannot be routed to the dead-letter topic; a record is done when the broker has acknowledged its letter.
/// </summary>
internal sealed class RefusedRecords(
    IDeadLetters deadLetters, IEnumerable<IRefusalListener> listeners, RetryBackoff backoff, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    /// <summary>Begins to put a record aside; tries for ever, and the undecided record holds the position meanwhile.</summary>
    public void PutAside(PartitionIntake intake, CachedRecord record, DeadLetterReason reason) => _ = Task.Run(() => PutAsideAsync(intake, record, reason), stopping);

    private async Task PutAsideAsync(PartitionIntake intake, CachedRecord record, DeadLetterReason reason)
    {
        // Of very many messages each has a letter of its own: the record, and which message it was.
        var origin = record.Origin is { IsPaged: true } paged ? paged : null;
        var message = origin?.Record.Message ?? record.Message!;
        if (origin is not null)
            reason = reason with { Target = record.Target };
        for (var attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                await deadLetters.SendAsync(message, reason, stopping);
                foreach (var listener in listeners)
                    await listener.OnRefusedAsync(intake.Topic, message, reason, stopping);
                intake.PutAside(record);
                intake.Complaints.Clear(record);
                KafkaInstruments.DeadLetters.Add(1, new KeyValuePair<string, object?>("topic", message.Topic));
                ReaderLog.PutAside(logger, message.Topic, message.Partition, message.Offset, reason.Code, reason.Message);
                return;
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                intake.Complaints.Raise(record, "a dead letter cannot be written", $"the dead letter of offset {message.Offset} cannot be written: {error.Message}");
                ReaderLog.DeadLetterFailed(logger, message.Topic, message.Partition, message.Offset, error);
            }
            await Task.Delay(backoff.Next(attempt), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
