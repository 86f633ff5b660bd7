using System.Text.Json;
using Microsoft.Extensions.Logging;
using Phoenix.Deciding;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>Carries a step to its aggregate and its answer back.</summary>
internal sealed partial class StepSender(IGrainFactory grains, RemoteSteps remote, string transaction, ILogger logger)
{
    /// <summary>Those that go to other services.</summary>
    public RemoteSteps Remote => remote;

    /// <returns>The answer; null when there was none and the same may be asked again.</returns>
    public Task<StepAnswer?> SendAsync(StepCall call, bool mayBeRepeat) =>
        remote.ServiceOf(call) is { } service ? remote.AskAsync(service, call, mayBeRepeat) : CallAsync(call, mayBeRepeat);

    private async Task<StepAnswer?> CallAsync(StepCall call, bool mayBeRepeat)
    {
        try
        {
            var grain = grains.GetGrain<IAggregateGrain>(GrainId.Create(call.Aggregate, call.AggregateId));
            return StepReplies.OutcomeOf(await grain.Execute(MessageOf(call, mayBeRepeat)));
        }
        catch (Exception exception) when (Answers.IsSilence(exception))
        {
            return null;
        }
        catch (CommandException failed)
        {
            return new StepAnswer.Failed(failed.Code, failed.Message);
        }
        catch (Exception exception)
        {
            var reference = Failures.NewReference();
            LogUndeliverable(exception, call.Step, transaction, reference);
            return new StepAnswer.Failed(Answers.Undeliverable,
                $"The command of step '{call.Step}' could not be delivered. The silo's log has the cause under {reference}.");
        }
    }

    private CommandMessage MessageOf(StepCall call, bool mayBeRepeat) => new()
    {
        CommandId = call.CommandId,
        Name = call.Command is null ? StepReference.CloseName : LogicalName.Of(call.Command.GetType()),
        Payload = call.Command is null ? "{}"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(call.Command, call.Command.GetType(), PhoenixJson.Message),
        CorrelationId = CommandMessage.Fits(transaction) ? transaction : null,
        Source = "transaction",
        Step = new(transaction, call.Step, call.Phase, call.Round),
        MayBeRepeat = mayBeRepeat,
    };

    [LoggerMessage(
        Level = LogLevel.Error, Message = "The command of step '{Step}' of '{Transaction}' could not be delivered ({Reference}).")]
    private partial void LogUndeliverable(Exception exception, string step, string transaction, string reference);
}
