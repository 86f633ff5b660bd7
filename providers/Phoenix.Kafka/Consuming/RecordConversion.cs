using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// Converts the records of a partition, beside the agent's turns. A converter that does not return holds back its partition alone, and is
/// named.
/// </summary>
internal sealed class RecordConversion(
    PartitionIntake intake, IRecordConverter converter, RefusedRecords refused, KafkaStreamOptions options, TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int LongestRun = 1_000;

    // The agent's, and while it waits for a conversion that one's.
    private readonly Queue<CachedRecord> waiting = new();
    private long current = -1;

    /// <summary>The next messages, in order. Records that cannot be converted are put aside.</summary>
    public async Task<IList<IBatchContainer>> NextAsync(int max, CancellationToken cancellationToken)
    {
        foreach (var record in waiting.Count == 0 ? await intake.TakeAsync(max, cancellationToken) : [])
            waiting.Enqueue((CachedRecord)record);
        intake.Visited();
        if (waiting.Count == 0 || !intake.HasRoomForMessages)
            return [];
        var converting = Task.Run(Convert, CancellationToken.None);
        while (true)
        {
            try
            {
                var messages = await converting.WaitAsync(Patience, time, cancellationToken);
                intake.Complaints.Clear(this);
                return messages;
            }
            catch (TimeoutException)
            {
                intake.Visited();
                intake.Complaints.Raise(
                    this, $"the conversion of the record at offset {Volatile.Read(ref current)} takes long, or does not return");
            }
            catch (OperationCanceledException)
            {
                // The partition is given up; its next owner converts them again.
                return [];
            }
        }
    }

    private List<IBatchContainer> Convert()
    {
        var messages = new List<IBatchContainer>();
        while (messages.Count < LongestRun && intake.HasRoomForMessages && waiting.TryDequeue(out var record))
        {
            Volatile.Write(ref current, record.Offset);
            var (converted, refusal) = Convert(record);
            if (refusal is not null)
            {
                refused.PutAside(intake, record, refusal);
                continue;
            }
            intake.Converted(record, converted);
            messages.AddRange(converted);
        }
        return messages;
    }

    private (IReadOnlyList<CachedRecord> Messages, DeadLetterReason? Refusal) Convert(CachedRecord record)
    {
        try
        {
            var conversion = converter.Convert(record.Message!);
            if (conversion.Refusal is not null)
                return ([], conversion.Refusal);
            if (TooLarge(conversion.Messages) is { } large)
                return ([], large);
            var origin = new ConvertedRecord(record, conversion.Messages.Count);
            return ([.. conversion.Messages.Select((message, ordinal) => Message(record, origin, message, ordinal))], null);
        }
#pragma warning disable CA1031 // Whatever it is, the record must not be lost by it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            ReaderLog.ConversionFailed(logger, intake.Partition.Topic, intake.Partition.Partition.Value, record.Offset, error);
            return ([],
                new(DeadLetterReason.Unconvertible,
                "the record's converter failed; the silo's log has the cause under the record's place"));
        }
    }

    private DeadLetterReason? TooLarge(IReadOnlyList<ConvertedMessage> messages)
    {
        if (messages.FirstOrDefault(message => message.Body.Length > options.MaxMessageBytes) is { } large)
            return new(DeadLetterReason.TooLarge,
                $"a message that the record is converted to has {large.Body.Length} bytes; at most {options.MaxMessageBytes} are allowed");
        return messages.Sum(message => (long)message.Body.Length) is var all && all > options.MaxUndecidedBytesPerPartition
            ? new(DeadLetterReason.TooLarge, $"the messages that the record is converted to have {all} bytes; at most {options.MaxUndecidedBytesPerPartition} are allowed")
            : null;
    }

    private static CachedRecord Message(CachedRecord record, ConvertedRecord origin, ConvertedMessage message, int ordinal)
    {
        var of = record.Message!;
        return new(
            StreamId.Create(message.StreamNamespace, message.Key),
            new KafkaMessage
            {
                Topic = of.Topic,
                Partition = of.Partition,
                Offset = of.Offset,
                Timestamp = of.Timestamp,
                TopicIncarnation = of.TopicIncarnation,
                RawKey = Encoding.UTF8.GetBytes(message.Key),
                Headers = message.Headers,
                RawBody = message.Body,
                MayBeRedelivered = of.MayBeRedelivered,
                Ordinal = ordinal,
            },
            record.Tracker) { Origin = origin };
    }
}
