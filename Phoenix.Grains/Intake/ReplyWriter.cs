using Microsoft.Extensions.Logging;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>
/// Sends replies and waits until the broker has them (guarantee 6). It keeps no state, so its waits do not come back to the aggregate's
/// turn.
/// </summary>
internal sealed partial class ReplyWriter(IKafkaSender sender, ILogger<ReplyWriter> logger)
{
    /// <exception cref="KafkaUnavailableException">Not acknowledged in time.</exception>
    public async Task SendAsync(KafkaMessage request, ReplyAddress address, string streamId, ReplyBody body)
    {
        try
        {
            await sender.SendAsync(Record(request, address, streamId, body)).ConfigureAwait(false);
        }
        catch (KafkaRejectedException exception)
        {
            await SendShortAsync(request, address, streamId, body, exception).ConfigureAwait(false);
        }
    }

    // What became of a command is always told where it can be: a caller who hears nothing sends the same for ever.
    private async Task SendShortAsync(KafkaMessage request, ReplyAddress address, string streamId, ReplyBody body, KafkaRejectedException first)
    {
        if (first.Code != ErrorCodes.TooLarge)
        {
            LogRefused(first, address.Topic, address.CommandId, streamId);
            return;
        }

        try
        {
            await sender.SendAsync(Record(request, address, streamId, body.Shortened())).ConfigureAwait(false);
            IntakeInstruments.Shortened();
            LogShortened(first, address.Topic, address.CommandId, streamId);
        }
        catch (KafkaRejectedException again)
        {
            // A reply that the broker refuses for good must not hold up the commands behind it; the outcome stands in the ledger.
            LogRefused(again, address.Topic, address.CommandId, streamId);
        }
    }

    private static KafkaRecord Record(KafkaMessage request, ReplyAddress address, string streamId, ReplyBody body)
    {
        List<KafkaHeader> headers =
        [
            new(WireHeaders.CommandId, address.CommandId),
            new(WireHeaders.Status, body.StatusText),
        ];
        if (address.RequestId is not null) headers.Add(new(WireHeaders.RequestId, address.RequestId));
        return new()
        {
            Topic = address.Topic,
            Partition = address.Partition,
            RawKey = request.RawKey,
            Id = RecordIdentity.Of(request),
            Type = WireHeaders.ReplyType,
            Source = streamId,
            CorrelationId = address.CorrelationId,
            TraceParent = address.TraceParent,
            Headers = headers,
            Body = body.ToUtf8Json(),
        };
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The reply to command '{CommandId}' of '{Stream}' was refused by the topic '{Topic}' and is dropped; the outcome stands in the ledger.")]
    private partial void LogRefused(Exception exception, string topic, string commandId, string stream);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The reply to '{CommandId}' of '{Stream}' is larger than the topic '{Topic}' takes and was sent without its value. Raise the topic's "
            + "max.message.bytes.")]
    private partial void LogShortened(Exception exception, string topic, string commandId, string stream);
}
