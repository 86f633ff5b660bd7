using Phoenix.Dispatch;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Intake;

/// <summary>Reads Kafka records as requests to one kind of aggregate; <c>docs/wire.md</c> is the contract.</summary>
internal sealed class RequestReader(AggregateModel model, ReplyAddresses replyAddresses, PhoenixOptions options)
{
    /// <summary>The request, or an error that says where to send the bad news.</summary>
    /// <exception cref="BadRequestException">The record is no request.</exception>
    public Request Read(KafkaMessage message, bool mayBeRepeat)
    {
        var headers = RequestHeaders.Of(message, options.TrustPrincipalHeader);
        // This silo's own: a subscription made it of a record.
        if (message.Ordinal is not null) return new(null, Command(message, headers, headers[WireHeaders.Type]!, mayBeRepeat, step: null), null);
        var replyTo = replyAddresses.Read(headers, message, out var unanswerable);
        if (headers.Problem is { } problem) throw new BadRequestException(problem.Code, problem.Message, replyTo);
        if (unanswerable is not null) throw new BadRequestException(ErrorCodes.Undecodable, unanswerable, replyTo);

        Require(headers[WireHeaders.SpecVersion] == WireHeaders.Version, headers, WireHeaders.SpecVersion, "'1.0'", replyTo);
        Require(headers[WireHeaders.Source] is not null, headers, WireHeaders.Source, "the sender", replyTo);
        Require(headers[WireHeaders.Type] is not null, headers, WireHeaders.Type, "the name of a command or query", replyTo);
        Require(IsJson(headers[WireHeaders.ContentType]), headers, WireHeaders.ContentType, "application/json", replyTo);
        if (message.RawBody is not { Length: > 0 })
            throw new BadRequestException(ErrorCodes.Undecodable, $"The body of '{RequestHeaders.Shown(headers[WireHeaders.Type]!)}' is a JSON object; found no body.", replyTo);

        var name = headers[WireHeaders.Type]!;
        Require(
            headers[WireHeaders.ReplyAt] is null or WireHeaders.Accepted or WireHeaders.Ended, headers, WireHeaders.ReplyAt,
            $"'{WireHeaders.Accepted}' or '{WireHeaders.Ended}'", replyTo);
        var isAtEnd = headers[WireHeaders.ReplyAt] == WireHeaders.Ended;
        Require(
            !isAtEnd || model.Saga is not null, headers, WireHeaders.ReplyAt,
            $"'{WireHeaders.Ended}' only where '{model.Name}' is a transaction: every other command has ended when it is accepted", replyTo);
        if (!model.Queries.ContainsKey(name))
        {
            var command = Command(message, headers, name, mayBeRepeat, StepOf(headers, replyTo));
            return new(replyTo, isAtEnd && replyTo is not null ? command with { ReplyAtEnd = EndReplyOf(replyTo, message) } : command, null);
        }

        Require(replyTo is not null, headers, WireHeaders.ReplyTo, "a reply topic, since this is a query", null);
        if (headers.QueryProblem is { } unclear) throw new BadRequestException(ErrorCodes.Undecodable, unclear, replyTo);
        Require(headers[WireHeaders.Linearizable] is null or "true" or "false", headers, WireHeaders.Linearizable, "'true' or 'false'", replyTo);
        return new(replyTo, null, new QueryMessage { Name = name, Payload = message.Body, Linearizable = headers[WireHeaders.Linearizable] == "true" });
    }

    // Without its service being known nobody would keep what it may ask again.
    private StepReference? StepOf(RequestHeaders headers, ReplyAddress? replyTo)
    {
        if (headers[WireHeaders.Step] is not { } header) return null;
        var step = StepUri.Parse(header);
        Require(
            step is not null, headers, WireHeaders.Step, "a step, such as '//orders/shop.order/o-1?step=pay&phase=do&round=1'", replyTo);
        var (service, _) = StepUri.PartsOf(step!);
        Require(
            options.Services.HasPrefix(service), headers, WireHeaders.Step,
            $"a step of a service that these silos know (Phoenix:Services), which '{service}' is not", replyTo);
        return step;
    }

    private static CommandMessage Command(
        KafkaMessage message, RequestHeaders headers, string name, bool mayBeRepeat, StepReference? step) => new()
    {
        CommandId = headers[WireHeaders.Id] ?? RecordIdentity.Of(message),
        Name = name,
        Payload = message.Body,
        Principal = headers[WireHeaders.Principal],
        CorrelationId = headers[WireHeaders.CorrelationId],
        TraceParent = headers.TraceParent,
        Source = message.Ordinal is null ? $"kafka:{headers[WireHeaders.Source]}" : headers[WireHeaders.Source]!,
        Headers = headers.Own,
        Step = step,
        MayBeRepeat = mayBeRepeat || message.MayBeRedelivered || headers[WireHeaders.Repeat] == "true",
    };

    private static EndReply EndReplyOf(ReplyAddress address, KafkaMessage message) => new(
        address.Topic, address.Partition, RecordIdentity.Of(message), address.RequestId, address.CorrelationId, address.CommandId,
        address.TraceParent);

    private static bool IsJson(string? contentType) => contentType is null
        || contentType.Split(';')[0].Trim().Equals(WireHeaders.Json, StringComparison.OrdinalIgnoreCase);

    private static void Require(bool holds, RequestHeaders headers, string header, string expected, ReplyAddress? replyTo)
    {
        if (holds) return;
        var found = headers[header] is { } value ? $"'{RequestHeaders.Shown(value)}'" : "none";
        throw new BadRequestException(ErrorCodes.Undecodable, $"The header '{header}' holds {expected}; found {found}.", replyTo);
    }
}
