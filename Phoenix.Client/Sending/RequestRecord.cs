using Phoenix.Client.Replies;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Client.Sending;

/// <summary>A request as the Kafka record that <c>docs/wire.md</c> describes.</summary>
internal static class RequestRecord
{
    private static readonly KafkaHeader Repeat = new(WireHeaders.Repeat, "true");
    private static readonly KafkaHeader Linearizable = new(WireHeaders.Linearizable, "true");
    private static readonly KafkaHeader ReplyAtEnd = new(WireHeaders.ReplyAt, WireHeaders.Ended);

    public static KafkaRecord Of(OutgoingRequest request, PendingReply? reply, PhoenixClientOptions options) => new()
    {
        Topic = options.CommandTopic(request.Aggregate),
        Key = request.AggregateId,
        Type = request.Name,
        Id = request.Command?.CommandId,
        Source = options.SourceOrDefault,
        ReplyTo = reply?.Address?.Topic,
        ReplyPartition = reply?.Address?.Partition,
        CorrelationId = request.Command?.CorrelationId,
        TraceParent = request.TraceParent,
        Headers = HeadersOf(request, reply),
        Body = request.Payload,
    };

    private static KafkaHeader[] HeadersOf(OutgoingRequest request, PendingReply? reply)
    {
        var own = request.Command?.Headers;
        var headers = new List<KafkaHeader>(5 + (own?.Count ?? 0));
        if (reply is not null) headers.Add(new(WireHeaders.RequestId, reply.RequestId));
        // A query's id is of no meaning, but a record without one waits until the silo has asked which topic it stands in.
        if (reply is not null && request.Command is null) headers.Add(new(WireHeaders.Id, reply.RequestId));
        if (request.MayBeRepeat) headers.Add(Repeat);
        if (request.Linearizable) headers.Add(Linearizable);
        if (request.ReplyAtEnd) headers.Add(ReplyAtEnd);
        if (request.Command?.Principal is { } principal) headers.Add(new(WireHeaders.Principal, principal));
        if (own is not null)
        {
            foreach (var (name, value) in own) headers.Add(new(name, value));
        }

        return [.. headers];
    }
}
