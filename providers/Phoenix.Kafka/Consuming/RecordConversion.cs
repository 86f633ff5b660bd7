using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// Converts the records of a partition, beside the agent's turns. A converter that does not return holds back its partition alone, and is
/// named.
/// </summary>
internal sealed class RecordConversion(
    PartitionIntake intake, IRecordConverter converter, RefusedRecords refused, RetryBackoff backoff, KafkaStreamOptions options,
    TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int LongestRun = 1_000;

    // The agent's, and while it waits for a conversion that one's.
    private readonly Queue<CachedRecord> waiting = new();
    private OpenPages? open;
    private long current = -1;
    private int failures;

    /// <summary>The next messages, in order. Records that cannot be converted are put aside.</summary>
    public async Task<IList<IBatchContainer>> NextAsync(int max, CancellationToken cancellationToken)
    {
        foreach (var record in open is null && waiting.Count == 0 ? await intake.TakeAsync(max, cancellationToken) : [])
            waiting.Enqueue((CachedRecord)record);
        intake.Visited();
        if (open is null ? waiting.Count == 0 || !intake.HasRoomForMessages : !intake.HasRoomForPage(open.Origin))
            return [];
        var converting = Task.Run(() => ConvertAsync(cancellationToken), CancellationToken.None);
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

    private async Task<List<IBatchContainer>> ConvertAsync(CancellationToken cancellationToken)
    {
        var messages = new List<IBatchContainer>();
        while (messages.Count < LongestRun)
        {
            if (open is not null)
            {
                if (!intake.HasRoomForPage(open.Origin) || !await TakePageAsync(open, messages, cancellationToken))
                    break;
                continue;
            }
            if (!intake.HasRoomForMessages || !waiting.TryPeek(out var record))
                break;
            Volatile.Write(ref current, record.Offset);
            if (!await ConvertOneAsync(record, messages, cancellationToken))
                break;
            waiting.Dequeue();
        }
        return messages;
    }

    /// <returns>False when it must wait: what is there goes on its way, and it is tried again.</returns>
    private async Task<bool> ConvertOneAsync(CachedRecord record, List<IBatchContainer> messages, CancellationToken cancellationToken)
    {
        Conversion conversion;
        try
        {
            conversion = await converter.ConvertAsync(record.Message!, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            ReaderLog.ConversionFailed(logger, intake.Partition.Topic, intake.Partition.Partition.Value, record.Offset, error);
            conversion = Conversion.Refused(new(DeadLetterReason.Unconvertible,
                "the record's converter failed; the silo's log has the cause under the record's place"));
        }
        if (conversion.WaitsFor is { } missing)
        {
            intake.Complaints.Raise(
                waiting, $"a record waits for its conversion: {missing}", $"the record at offset {record.Offset} waits for its conversion: {missing}");
            if (messages.Count == 0)
                await Task.Delay(backoff.Next(failures++), time, cancellationToken);
            return false;
        }
        intake.Complaints.Clear(waiting);
        failures = 0;
        if ((conversion.Refusal ?? TooLarge(conversion)) is { } refusal)
        {
            refused.PutAside(intake, record, refusal);
            return true;
        }
        if (conversion.Pages is { } pages)
        {
            open = new(new(record, messages: 0, isPaged: true), pages);
            return true;
        }
        var origin = new ConvertedRecord(record, conversion.Messages.Count);
        CachedRecord[] converted = [.. conversion.Messages.Select((message, ordinal) => Message(origin, message, ordinal))];
        intake.Converted(record, converted);
        messages.AddRange(converted);
        return true;
    }

    /// <returns>False when it could not be read: what is there goes on its way, and the page is read again.</returns>
    private async Task<bool> TakePageAsync(OpenPages of, List<IBatchContainer> messages, CancellationToken cancellationToken)
    {
        try
        {
            var page = await of.Pages.NextAsync(cancellationToken);
            intake.Complaints.Clear(of);
            failures = 0;
            if (page is null)
            {
                open = null;
                intake.TakenLastPage(of.Origin);
                return true;
            }
            CachedRecord[] converted = [.. page.Select((message, ordinal) => Message(of.Origin, message, message.Ordinal ?? ordinal))];
            intake.TakenPage(of.Origin, converted);
            messages.AddRange(converted);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            intake.Complaints.Raise(of, "who gets a broadcast cannot be read",
                $"who gets the broadcast of offset {of.Origin.Record.Offset} cannot be read: {error.Message}");
            if (messages.Count == 0)
                await Task.Delay(backoff.Next(failures++), time, cancellationToken);
            return false;
        }
    }

    private DeadLetterReason? TooLarge(Conversion conversion)
    {
        var bodies = conversion.Pages?.Bodies ?? [.. conversion.Messages.Select(message => message.Body)];
        if (bodies.Max(body => (int?)body.Length) is { } large && large > options.MaxMessageBytes)
            return new(DeadLetterReason.TooLarge,
                $"a message that the record is converted to has {large} bytes; at most {options.MaxMessageBytes} are allowed");
        return bodies.Sum(body => (long)body.Length) is var all && all > options.MaxUndecidedBytesPerPartition
            ? new(DeadLetterReason.TooLarge, $"the messages that the record is converted to have {all} bytes; at most {options.MaxUndecidedBytesPerPartition} are allowed")
            : null;
    }

    private static CachedRecord Message(ConvertedRecord origin, ConvertedMessage message, int ordinal)
    {
        var of = origin.Record.Message!;
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
            origin.Record.Tracker)
        {
            Origin = origin,
            Target = origin.IsPaged ? new(message.StreamNamespace, message.Key, ordinal) : null,
        };
    }
}
