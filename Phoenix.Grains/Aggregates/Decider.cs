using System.Text.Json;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Aggregates;

/// <summary>Decides by an aggregate's handlers: with a context, services, a time limit, and every failure as a typed error.</summary>
internal sealed class Decider(
    AggregateModel model, string aggregateId, IServiceProvider services, AggregateOptions options, TimeProvider time, Failures failures)
    : IDecider<Aggregate>
{
    private const string ReturnedNull = "returned null; a Handle method returns Accept(...) or Reject(...)";

    /// <inheritdoc />
    /// <exception cref="CommandFailedException">The handler threw or passed its time limit.</exception>
    public async ValueTask<Decision> DecideAsync(CommandWork work, Aggregate state, long version, DateTimeOffset now, Action? onWaiting)
    {
        if (work.IsClose) return Decision.Closed;
        // Never disposed of: it has neither timer nor wait handle, and a handler that passed its limit may still look at it.
        var limit = new CancellationTokenSource();
        var context = new CommandContext
        {
            AggregateId = aggregateId,
            CommandId = work.Message.CommandId,
            Now = now,
            Version = version,
            Principal = work.Message.Principal,
            CorrelationId = work.Message.CorrelationId,
            Headers = work.Message.Headers,
            ReplyAtEnd = work.Message.ReplyAtEnd,
            Cancellation = limit.Token,
        };
        try
        {
            ValueTask<Decision> deciding;
            using (work.Caller.Enter()) deciding = HandleAsync(work, state, context);
            if (deciding.IsCompletedSuccessfully) return deciding.Result ?? throw Failed(work, ReturnedNull, null);
            if (!deciding.IsCompleted) onWaiting?.Invoke();
            return await WithinLimitAsync(work, deciding.AsTask(), limit) ?? throw Failed(work, ReturnedNull, null);
        }
        catch (Exception exception) when (exception is not CommandFailedException)
        {
            throw Failed(work, "threw", exception);
        }
    }

    /// <inheritdoc />
    /// <exception cref="CommandFailedException">The handler threw.</exception>
    public QueryAnswer Answer(QueryWork work, Aggregate state, long version)
    {
        try
        {
            using (work.Caller.Enter())
            {
                var definition = model.Queries[work.Name];
                var answer = definition.Answer(state, work.Query, new(aggregateId, time.GetUtcNow(), version));
                return new(version, JsonSerializer.Serialize(answer, definition.AnswerType, PhoenixJson.Reply));
            }
        }
        catch (Exception exception)
        {
            throw failures.OfQuery(work.Name, exception);
        }
    }

    // It ends when the handler has, which may be after its limit: until then it uses its services.
    private async ValueTask<Decision> HandleAsync(CommandWork work, Aggregate state, CommandContext context)
    {
        await using var own = new HandlerServices(services);
        return await model.Commands[work.Message.Name].Handle(state, work.Command, context, own);
    }

    private async Task<Decision?> WithinLimitAsync(CommandWork work, Task<Decision> deciding, CancellationTokenSource limit)
    {
        try
        {
            var decision = await deciding.WaitAsync(options.HandlerTimeLimit, time);
            return decision;
        }
        catch (TimeoutException) when (!deciding.IsCompleted)
        {
            // Not awaited: what the handler registered may throw or hang like the handler itself.
            _ = limit.CancelAsync().ContinueWith(static cancelled => cancelled.Exception, TaskScheduler.Default);
            throw new CommandFailedException(ErrorCodes.HandlerTimeout,
                $"The handler of '{work.Message.Name}' in '{model.Name}/{aggregateId}' took longer than its limit of {options.HandlerTimeLimit.TotalSeconds:0.###} s. The command had no effect.");
        }
    }

    private CommandFailedException Failed(CommandWork work, string what, Exception? cause) => failures.OfCommand(work.Message, what, cause);
}
