using System.Globalization;
using System.Text;
using Phoenix.Dispatch;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>Reads Kafka records as requests to one kind of aggregate; <c>docs/wire.md</c> is the contract.</summary>
internal sealed class RequestReader(AggregateModel model, ReplyTopics replyTopics, PhoenixOptions options)
{
    /// <summary>The request, or an error that says where to send the bad news.</summary>
    /// <exception cref="BadRequestException">The record is no request.</exception>
    public Request Read(KafkaMessage message, bool mayBeRepeat)
    {
        var headers = RequestHeaders.Of(message);
        var id = headers[WireHeaders.Id] is { Length: > 0 } given ? given : RecordIdentity.Of(message);
        var replyTo = ReplyAddress(headers, id);
        if (headers.Problem is { } problem) throw new BadRequestException(problem.Code, problem.Message, replyTo);

        Require(headers[WireHeaders.SpecVersion] == WireHeaders.Version, WireHeaders.SpecVersion, "'1.0'", headers[WireHeaders.SpecVersion], replyTo);
        Require(headers[WireHeaders.Source] is { Length: > 0 }, WireHeaders.Source, "the sender", headers[WireHeaders.Source], replyTo);
        Require(headers[WireHeaders.Type] is { Length: > 0 }, WireHeaders.Type, "the name of a command or query", headers[WireHeaders.Type], replyTo);
        Require(IsJson(headers[WireHeaders.ContentType]), WireHeaders.ContentType, "application/json", headers[WireHeaders.ContentType], replyTo);
        Require(IsShort(headers[WireHeaders.CorrelationId]), WireHeaders.CorrelationId, "at most 128 bytes", "more", replyTo);

        var name = headers[WireHeaders.Type]!;
        if (!model.Queries.ContainsKey(name)) return new(replyTo, Command(message, headers, name, id, mayBeRepeat), null);
        Require(replyTo is not null, WireHeaders.ReplyTo, "a reply topic, since this is a query", null, null);
        return new(replyTo, null, new QueryMessage { Name = name, Payload = message.Body, Linearizable = headers[WireHeaders.Linearizable] == "true" });
    }

    private CommandMessage Command(KafkaMessage message, RequestHeaders headers, string name, string id, bool mayBeRepeat) => new()
    {
        CommandId = id,
        Name = name,
        Payload = message.Body,
        Principal = options.TrustPrincipalHeader ? headers[WireHeaders.Principal] : null,
        CorrelationId = headers[WireHeaders.CorrelationId],
        TraceParent = headers[WireHeaders.TraceParent],
        Source = $"kafka:{headers[WireHeaders.Source]}",
        Headers = headers.Own,
        MayBeRepeat = mayBeRepeat || message.MayBeRedelivered || headers[WireHeaders.Repeat] == "true",
    };

    private ReplyAddress? ReplyAddress(RequestHeaders headers, string commandId)
    {
        if (headers[WireHeaders.ReplyTo] is not { Length: > 0 } topic) return null;
        if (!replyTopics.Allow(topic))
            throw new BadRequestException(ErrorCodes.Undecodable, $"Replies go to topics that match {replyTopics}; found '{topic[..Math.Min(topic.Length, 249)]}'. Nothing was decided.", null);
        int? partition = null;
        if (headers[WireHeaders.ReplyPartition] is { Length: > 0 } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new BadRequestException(ErrorCodes.Undecodable, $"The header '{WireHeaders.ReplyPartition}' is a partition number; found '{text[..Math.Min(text.Length, 40)]}'.", null);
            partition = number;
        }

        var requestId = headers[WireHeaders.RequestId];
        Require(IsShort(requestId), WireHeaders.RequestId, "at most 128 bytes", "more", null);
        return new(topic, partition, requestId, headers[WireHeaders.CorrelationId] ?? commandId, commandId);
    }

    private static bool IsJson(string? contentType) => contentType is null
        || contentType.Split(';')[0].Trim().Equals(WireHeaders.Json, StringComparison.OrdinalIgnoreCase);

    private static bool IsShort(string? text) => text is null || Encoding.UTF8.GetByteCount(text) <= CommandMessage.MaxIdBytes;

    private static void Require(bool holds, string header, string expected, string? found, ReplyAddress? replyTo)
    {
        if (holds) return;
        var shown = found is null ? "none" : $"'{found[..Math.Min(found.Length, 80)]}'";
        throw new BadRequestException(ErrorCodes.Undecodable, $"The header '{header}' holds {expected}; found {shown}.", replyTo);
    }
}
