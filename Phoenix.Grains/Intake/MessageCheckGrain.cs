using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Phoenix.Dispatch;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>Reads commands as an aggregate of this silo would, and lets them go.</summary>
[StatelessWorker]
internal sealed class MessageCheckGrain(DomainModel domain, ILogger<MessageCheckGrain> logger) : Grain, IMessageCheckGrain
{
    public Task<MessageProblem?> Check(string aggregate, CommandMessage command) => Task.FromResult(
        domain.Aggregates.TryGetValue(aggregate, out var model) ? ProblemOf(model, command) : null);

    private MessageProblem? ProblemOf(AggregateModel model, CommandMessage command)
    {
        try
        {
            return MessageDecoder.Command(model, command, new(model.Name, logger)).Refusal is { } refusal
                ? new(refusal.Code, refusal.Message) : null;
        }
        catch (CommandFailedException failed)
        {
            return new(failed.Code, failed.Message);
        }
    }
}
