using System.Text.Json;
using Microsoft.Extensions.Logging;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>Sends steps to the command topics of other services.</summary>
internal sealed partial class OtherServices(
    PhoenixOptions options, DomainModel domain, ILogger<OtherServices> logger, IKafkaSender? sender = null)
{
    private static readonly KafkaHeader Repeat = new(WireHeaders.Repeat, "true");

    /// <summary>The service that a step goes to; null when this host has its aggregate.</summary>
    public string? Of(StepCall call) => domain.Aggregates.ContainsKey(call.Aggregate) ? null : call.Service;

    /// <summary>The step as the other service sees it.</summary>
    public StepReference ReferenceOf(string transaction, StepCall call) =>
        new(StepUri.TransactionOf(options.TopicPrefix, transaction), call.Step, call.Phase, call.Round);

    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan PatienceWith(string service) => options.Services.GetValueOrDefault(service)?.AskAgainAfter ?? TimeSpan.Zero;

    /// <returns>The answer when the step cannot even be sent; null when it is on its way, or the same may be sent again.</returns>
    public async Task<StepAnswer.Failed?> SendAsync(string service, string transaction, StepReference step, StepCall call, bool mayBeRepeat)
    {
        if (sender is null || !options.Services.ContainsKey(service))
        {
            return Undeliverable(
                $"The service '{service}' of step '{call.Step}' is not in {ServiceOptions.Section}, or this silo runs without Kafka.");
        }

        try
        {
            await sender.SendAsync(RecordOf(service, transaction, step, call, mayBeRepeat));
            TransactionInstruments.Asked(service, mayBeRepeat);
            return null;
        }
        catch (KafkaRejectedException refused) when (refused.Code == KafkaRejectedException.TooLarge)
        {
            return new(ErrorCodes.TooLarge, refused.Message);
        }
        catch (Exception silence) when (silence is KafkaUnavailableException or KafkaRejectedException or OperationCanceledException)
        {
            // Its topic may come yet, and so may the permission to write there.
            LogNotSent(silence, call.Step, transaction, service);
            return null;
        }
        catch (Exception exception)
        {
            var reference = Failures.NewReference();
            LogUndeliverable(exception, call.Step, transaction, reference);
            return Undeliverable($"The command of step '{call.Step}' could not be sent. The silo's log has the cause under {reference}.");
        }
    }

    private KafkaRecord RecordOf(string service, string transaction, StepReference step, StepCall call, bool mayBeRepeat)
    {
        var uri = StepUri.Of(step);
        return new()
        {
            Topic = $"{options.Services.PrefixOf(service)}.{call.Aggregate}.commands",
            Key = call.AggregateId,
            Id = step.CommandId,
            Type = call.Command is null ? StepReference.CloseName : LogicalName.Of(call.Command.GetType()),
            Source = uri[..uri.IndexOf('?', StringComparison.Ordinal)],
            ReplyTo = StepReplies.TopicOf(options.TopicPrefix),
            CorrelationId = CommandMessage.Fits(transaction) ? transaction : null,
            Headers = mayBeRepeat ? [new(WireHeaders.Step, uri), Repeat] : [new(WireHeaders.Step, uri)],
            Body = call.Command is null ? "{}"u8.ToArray()
                : JsonSerializer.SerializeToUtf8Bytes(call.Command, call.Command.GetType(), PhoenixJson.Message),
        };
    }

    private static StepAnswer.Failed Undeliverable(string message) => new(Answers.Undeliverable, message);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Step '{Step}' of '{Transaction}' could not be sent to the service '{Service}'; it is tried again.")]
    private partial void LogNotSent(Exception exception, string step, string transaction, string service);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "The command of step '{Step}' of '{Transaction}' could not be sent ({Reference}).")]
    private partial void LogUndeliverable(Exception exception, string step, string transaction, string reference);
}
