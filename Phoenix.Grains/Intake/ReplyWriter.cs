using System.Text;
using Microsoft.Extensions.Logging;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Intake;

/// <summary>
/// Sends replies and waits until the broker has them (guarantee 6). It keeps no state, so its waits do not come back to the aggregate's
/// turn.
/// </summary>
internal sealed partial class ReplyWriter(IKafkaSender sender, ILogger<ReplyWriter> logger)
{
    /// <summary>Replies to a record.</summary>
    /// <exception cref="KafkaUnavailableException">Not acknowledged in time.</exception>
    public Task SendAsync(KafkaMessage request, ReplyAddress address, string streamId, ReplyBody body) =>
        SendAsync(request.RawKey, RecordIdentity.Of(request), address, streamId, body);

    /// <summary>Tells the end of a transaction.</summary>
    /// <exception cref="KafkaUnavailableException">Not acknowledged in time.</exception>
    public Task SendAsync(EndReply reply, string streamId, ReplyBody body)
    {
        var key = Encoding.UTF8.GetBytes(streamId[(streamId.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        var address = new ReplyAddress(
            reply.Topic, reply.Partition, reply.RequestId, reply.CorrelationId, reply.CommandId, reply.TraceParent);
        return SendAsync(key, reply.Id, address, streamId, body);
    }

    private async Task SendAsync(ReadOnlyMemory<byte>? key, string id, ReplyAddress address, string streamId, ReplyBody body)
    {
        try
        {
            await sender.SendAsync(Record(key, id, address, streamId, body)).ConfigureAwait(false);
        }
        catch (KafkaRejectedException exception)
        {
            await SendShortAsync(key, id, address, streamId, body, exception).ConfigureAwait(false);
        }
    }

    // What became of a command is always told where it can be: a caller who hears nothing sends the same for ever.
    private async Task SendShortAsync(
        ReadOnlyMemory<byte>? key, string id, ReplyAddress address, string streamId, ReplyBody body, KafkaRejectedException first)
    {
        if (first.Code != ErrorCodes.TooLarge)
        {
            LogRefused(first, address.Topic, address.CommandId, streamId);
            return;
        }

        try
        {
            await sender.SendAsync(Record(key, id, address, streamId, body.Shortened())).ConfigureAwait(false);
            IntakeInstruments.Shortened();
            LogShortened(first, address.Topic, address.CommandId, streamId);
        }
        catch (KafkaRejectedException again)
        {
            // A reply that the broker refuses for good must not hold up the commands behind it; the outcome stands in the ledger.
            LogRefused(again, address.Topic, address.CommandId, streamId);
        }
    }

    private static KafkaRecord Record(ReadOnlyMemory<byte>? key, string id, ReplyAddress address, string streamId, ReplyBody body)
    {
        List<KafkaHeader> headers =
        [
            new(WireHeaders.CommandId, address.CommandId),
            new(WireHeaders.Status, body.StatusText),
        ];
        if (address.RequestId is not null) headers.Add(new(WireHeaders.RequestId, address.RequestId));
        if (address.Step is not null) headers.Add(new(WireHeaders.Step, address.Step));
        return new()
        {
            Topic = address.Topic,
            Partition = address.Partition,
            RawKey = key,
            Id = id,
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
