using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>Decides commands and answers queries the way a host does, with the checks that need no infrastructure.</summary>
internal static class Rehearsal
{
    public static DecidedCommand Decide(Scenario before, object command, CommandOptions options)
    {
        if (!before.Model.TryGetCommand(command.GetType(), out var definition))
            throw NoHandler(before, command, $"public Decision Handle({command.GetType().Name} command)");
        var sent = RoundTrip.Of(command, PhoenixJson.Message, "The command");
        var after = before with { CommandCount = before.CommandCount + 1 };
        var aggregate = before.Restore();
        Decision decision;
        try
        {
            decision = Run(definition, aggregate, sent, after, options);
        }
        catch (Exception exception) when (exception is not SpecificationException)
        {
            CheckUnchanged(before, aggregate, command, "Handle");
            return new(command, before, after, null, exception);
        }

        CheckUnchanged(before, aggregate, command, "Handle");
        if (decision is null) throw new SpecificationException($"{Place(before, command, "Handle")} returned null. Return Accept(...) or Reject(...).");
        CheckReply(decision, before, command);
        return Apply(new(command, before, after, decision, null), aggregate);
    }

    public static TAnswer Answer<TAnswer>(Scenario scenario, object query)
    {
        if (!scenario.Model.TryGetQuery(query.GetType(), out var definition))
            throw NoHandler(scenario, query, $"public {typeof(TAnswer).Name} Answer({query.GetType().Name} query)");
        var sent = RoundTrip.Of(query, PhoenixJson.Message, "The query");
        var aggregate = scenario.Restore();
        try
        {
            var answer = definition.Answer(aggregate, sent, new QueryContext(scenario.AggregateId, scenario.Now, scenario.Version));
            CheckUnchanged(scenario, aggregate, query, "Answer");
            return Text.AsElement(answer).Deserialize<TAnswer>(PhoenixJson.State)!;
        }
        catch (Exception exception) when (exception is not SpecificationException)
        {
            throw new SpecificationException($"{Place(scenario, query, "Answer")} failed with {exception.GetType()}: {exception.Message}", exception);
        }
    }

    private static DecidedCommand Apply(DecidedCommand decided, Aggregate aggregate)
    {
        var version = decided.Before.Version;
        foreach (var @event in decided.Events)
        {
            var stored = RoundTrip.Of(@event, PhoenixJson.State, "The event");
            try
            {
                decided.Before.Model.Apply(aggregate, stored);
            }
            catch (ModelException exception)
            {
                throw new SpecificationException(exception.Message, exception);
            }
            catch (Exception exception)
            {
                return decided with { Decision = null, Failure = exception };
            }

            version++;
        }

        var after = decided.After.Keep(aggregate, version);
        return decided with { After = decided.Decision is { } decision ? Timers.Follow(after, decision) : after };
    }

    private static Decision Run(CommandDefinition definition, Aggregate aggregate, object command, Scenario scenario, CommandOptions options)
    {
        using var cancellation = new CancellationTokenSource(scenario.TimeLimit);
        var context = new CommandContext
        {
            AggregateId = scenario.AggregateId,
            CommandId = options.CommandId ?? $"command-{scenario.CommandCount}",
            Now = scenario.Now,
            Version = scenario.Version,
            Principal = scenario.Principal,
            CorrelationId = options.CorrelationId ?? scenario.CorrelationId,
            Headers = scenario.Headers.SetItems(options.Headers),
            Cancellation = cancellation.Token,
        };
        var services = new HandlerServices(scenario.Services, scenario.Now);
        // On the thread pool: a test framework's synchronization context would wait for the thread that waits here.
        var handling = Task.Run(() => definition.Handle(aggregate, command, context, services).AsTask(), CancellationToken.None);
        // A handler that heeds the cancellation gets the time to end with it.
        if (!((IAsyncResult)handling).AsyncWaitHandle.WaitOne(scenario.TimeLimit + TimeSpan.FromSeconds(1)))
            throw new SpecificationException($"{Place(scenario, command, "Handle")} passed its time limit of {scenario.TimeLimit} and ignored its cancellation token.");
        return handling.GetAwaiter().GetResult();
    }

    private static void CheckUnchanged(Scenario before, Aggregate aggregate, object message, string method)
    {
        var differences = JsonDifference.Between(before.State, Scenario.StateOf(aggregate), expectedWord: "before", foundWord: "after");
        if (differences.Count > 0)
            throw new SpecificationException(
                $"{Place(before, message, method)} changed state. Only Apply may, or a replay gives another state:{Text.Lines(differences)}");
    }

    private static void CheckReply(Decision decision, Scenario scenario, object command)
    {
        if (decision.Reply is not null) RoundTrip.Of(decision.Reply, PhoenixJson.State, $"The reply of {Place(scenario, command, "Handle")}");
    }

    private static string Place(Scenario scenario, object message, string method) => $"{scenario.Model.Type}.{method}({message.GetType().Name})";

    private static SpecificationException NoHandler(Scenario scenario, object message, string signature) =>
        new($"{scenario.Model.Type} has no handler for {message.GetType()}. Add '{signature}'.");
}
