using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Aggregates;

/// <summary>Runs handlers: with a context, a time limit, and every failure as a typed error.</summary>
internal sealed class Decider(
    AggregateModel model, string aggregateId, IServiceProvider services, AggregateOptions options, TimeProvider time, Failures failures)
{
    private const string ReturnedNull = "returned null; a Handle method returns Accept(...) or Reject(...)";

    /// <summary>What the handler decided.</summary>
    /// <param name="work">The command.</param>
    /// <param name="state">The state to decide on.</param>
    /// <param name="version">Its version.</param>
    /// <param name="now">The time of the decision.</param>
    /// <param name="onWaiting">Called when the handler does not return at once.</param>
    /// <exception cref="CommandFailedException">The handler threw or passed its time limit.</exception>
    public async ValueTask<Decision> DecideAsync(CommandWork work, Aggregate state, long version, DateTimeOffset now, Action? onWaiting = null)
    {
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
            Cancellation = limit.Token,
        };
        try
        {
            var deciding = work.Definition.Handle(state, work.Command, context, services);
            if (deciding.IsCompletedSuccessfully) return deciding.Result ?? throw Failed(work, ReturnedNull, null);
            onWaiting?.Invoke();
            return await WithinLimitAsync(work, deciding.AsTask(), limit) ?? throw Failed(work, ReturnedNull, null);
        }
        catch (Exception exception) when (exception is not CommandFailedException)
        {
            throw Failed(work, "threw", exception);
        }
    }

    /// <summary>Answers a query from this state, as JSON.</summary>
    /// <exception cref="CommandFailedException">The handler threw.</exception>
    public QueryAnswer Answer(QueryWork work, Aggregate state, long version)
    {
        try
        {
            var answer = work.Definition.Answer(state, work.Query, new(aggregateId, time.GetUtcNow(), version));
            return new(version, JsonSerializer.Serialize(answer, work.Definition.AnswerType, PhoenixJson.Reply));
        }
        catch (Exception exception)
        {
            throw failures.OfQuery(work.Definition.Name, exception);
        }
    }

    /// <summary>The ledger's row for a decision.</summary>
    /// <exception cref="CommandFailedException">The reply cannot be written as JSON.</exception>
    public CommandRecord Record(CommandWork work, Decision decision, long version) => new()
    {
        Id = work.Id,
        OriginalId = CommandIdentity.IsUuid(work.Message.CommandId) ? null : work.Message.CommandId,
        Outcome = decision.Rejection is null ? RecordedOutcome.Accepted : RecordedOutcome.Rejected,
        Code = decision.Rejection?.Code,
        Message = decision.Rejection is { } rejection ? Storable(rejection.Message) : null,
        Reply = Reply(work, decision.Reply),
        VersionBefore = version,
        VersionAfter = version + decision.Events.Count,
        Name = work.Message.Name,
        Principal = work.Message.Principal,
        Source = work.Message.Source,
        PayloadHash = work.PayloadHash,
        Payload = decision.Rejection is not null && options.KeepRejectedPayloads ? System.Text.Encoding.UTF8.GetString(work.Message.Payload.Span) : null,
    };

    /// <summary>What is stored with each event of the command.</summary>
    public static EventMetadata Metadata(CommandWork work)
    {
        var headers = work.Message.Headers.Count == 0 && work.Message.TraceParent is null ? null : new Dictionary<string, string>(work.Message.Headers);
        if (work.Message.TraceParent is { } traceParent) headers![WireHeaders.TraceParent] = traceParent;
        return new(work.Message.CommandId, work.Message.CorrelationId, headers is null ? null : JsonSerializer.Serialize(headers), work.Message.Principal);
    }

    public CommandFailedException Failed(CommandWork work, string what, Exception? cause) => failures.OfCommand(work.Message, what, cause);

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

    /// <summary>Without what UTF-8 or PostgreSQL cannot hold: half a surrogate pair, left by cutting a text short, and U+0000.</summary>
    private static string Storable(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    private string? Reply(CommandWork work, object? reply)
    {
        if (reply is null) return null;
        try
        {
            var json = JsonSerializer.Serialize(reply, reply.GetType(), PhoenixJson.Reply);
            return json;
        }
        catch (Exception exception)
        {
            throw Failed(work, "replied with something that cannot be written as JSON", exception);
        }
    }
}
