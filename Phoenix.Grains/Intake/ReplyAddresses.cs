using System.Globalization;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>Finds out where the reply to a record goes.</summary>
internal sealed class ReplyAddresses(ReplyTopics topics)
{
    /// <summary>The address, or null when no reply is wanted or none can be sent.</summary>
    /// <param name="headers">The record's headers.</param>
    /// <param name="message">The record.</param>
    /// <param name="problem">What is wrong with the address, or null.</param>
    public ReplyAddress? Read(RequestHeaders headers, KafkaMessage message, out string? problem)
    {
        problem = null;
        if (headers[WireHeaders.ReplyTo] is not { } topic) return null;
        if (!topics.Allow(topic))
        {
            problem = $"Replies go to topics that match {topics}; the header '{WireHeaders.ReplyTo}' names '{RequestHeaders.Shown(topic)}'. Nothing was decided.";
            return null;
        }

        var partition = Partition(headers[WireHeaders.ReplyPartition], ref problem);
        var id = headers[WireHeaders.Id] ?? RecordIdentity.Of(message);
        return new(
            topic, partition, headers[WireHeaders.RequestId], headers[WireHeaders.CorrelationId] ?? id, id, headers.TraceParent, headers[WireHeaders.Step]);
    }

    // The bad news then goes where the key chooses: better than nowhere.
    private static int? Partition(string? text, ref string? problem)
    {
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        problem = $"The header '{WireHeaders.ReplyPartition}' is a partition number; found '{RequestHeaders.Shown(text)}'.";
        return null;
    }
}
