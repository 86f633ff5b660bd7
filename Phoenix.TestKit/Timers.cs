using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>A timer that is set in a scenario.</summary>
/// <param name="Due">When its command comes.</param>
/// <param name="Period">After what time again, or null.</param>
/// <param name="Command">Its command.</param>
internal sealed record ScenarioTimer(DateTimeOffset Due, TimeSpan? Period, object Command);

/// <summary>What follows from decisions in a scenario.</summary>
internal static class Timers
{
    /// <summary>Sets and cancels what a decision wants, with the checks of a host.</summary>
    public static Scenario Follow(Scenario scenario, Decision decision)
    {
        foreach (var following in decision.Followings)
        {
            scenario = following switch
            {
                SetTimer timer => Set(scenario, timer),
                CancelTimer cancelled => scenario with { Timers = scenario.Timers.Remove(cancelled.Name) },
                SendCommand send => Sent(scenario, send),
                _ => scenario,
            };
        }

        return scenario;
    }

    /// <summary>Lets time pass and delivers each timer at its time, the earliest first; <paramref name="delivered"/> gets them.</summary>
    public static Scenario MoveOn(Scenario scenario, DateTimeOffset time, List<DecidedCommand> delivered)
    {
        while (scenario.Timers.Where(timer => timer.Value.Due <= time).OrderBy(timer => timer.Value.Due).ThenBy(timer => timer.Key, StringComparer.Ordinal).FirstOrDefault()
            is { Value: { } timer, Key: var name })
        {
            var at = timer.Due > scenario.Now ? timer.Due : scenario.Now;
            delivered.Add(Deliver(scenario with { Now = at }, name, timer));
            scenario = delivered[^1].After;
        }

        return scenario with { Now = time };
    }

    private static DecidedCommand Deliver(Scenario scenario, string name, ScenarioTimer timer)
    {
        var left = scenario with
        {
            Timers = timer.Period is { } period ? scenario.Timers.SetItem(name, timer with { Due = timer.Due + period }) : scenario.Timers.Remove(name),
        };
        var decided = Rehearsal.Decide(left, timer.Command, CommandOptions.Default);
        if (decided.Failure is not null) throw decided.Error($"the timer '{name}' is delivered at {scenario.Now:O}");
        // A rejection ends the timer, also one that repeats.
        return decided.Decision?.Rejection is null
            ? decided
            : decided with { After = decided.After with { Timers = decided.After.Timers.Remove(name) } };
    }

    private static Scenario Set(Scenario scenario, SetTimer timer)
    {
        if (!scenario.Model.TryGetCommand(timer.Command.GetType(), out _))
            throw new SpecificationException($"The timer '{timer.Name}' sends {Text.Of(timer.Command)}, which is no command of {scenario.Model.Name}. Send it with ThenSend.");
        var command = RoundTrip.Of(timer.Command, PhoenixJson.Message, "The command of a timer");
        var due = timer.At ?? scenario.Now + timer.Delay;
        return scenario with { Timers = scenario.Timers.SetItem(timer.Name, new(due > scenario.Now ? due : scenario.Now, timer.Period, command)) };
    }

    private static Scenario Sent(Scenario scenario, SendCommand send)
    {
        RoundTrip.Of(send.Command, PhoenixJson.Message, "The command that is sent");
        _ = LogicalNames.Of(send.Command.GetType());
        if (send.IfRejected is not { } told) return scenario;
        if (!scenario.Model.TryGetCommand(told.GetType(), out _))
            throw new SpecificationException($"A rejection is told by {Text.Of(told)}, which is no command of {scenario.Model.Name}.");
        RoundTrip.Of(told, PhoenixJson.Message, "The command that tells a rejection");
        return scenario;
    }

    /// <summary>Whether two followings are the same, their commands compared by type and JSON.</summary>
    public static bool IsSame(Following found, Following expected) => (found, expected) switch
    {
        (SetTimer one, SetTimer other) => one with { Command = other.Command } == other && IsSame(one.Command, other.Command),
        (SendCommand one, SendCommand other) => one with { Command = other.Command, IfRejected = other.IfRejected } == other
            && IsSame(one.Command, other.Command) && IsSame(one.IfRejected, other.IfRejected),
        _ => found == expected,
    };

    private static bool IsSame(object? one, object? other) => one is null || other is null
        ? one == other
        : one.GetType() == other.GetType() && JsonDifference.Between(Text.AsElement(one), Text.AsElement(other)).Count == 0;

    /// <summary>What follows, in words.</summary>
    public static string Shown(Following following) => following switch
    {
        SetTimer { Period: { } period } timer => $"every {period} '{timer.Name}': {Text.Of(timer.Command)}",
        SetTimer { At: { } at } timer => $"at {at:O} '{timer.Name}': {Text.Of(timer.Command)}",
        SetTimer timer => $"in {timer.Delay} '{timer.Name}': {Text.Of(timer.Command)}",
        ChangeTag { IsSet: true } tag => $"tag '{tag.Tag}' of {tag.Subscription}",
        ChangeTag tag => $"tag '{tag.Tag}' of {tag.Subscription} left",
        CancelTimer cancelled => $"'{cancelled.Name}' cancelled",
        SendCommand { IfRejected: { } told } send =>
            $"to {send.Aggregate}/{send.Id}: {Text.Of(send.Command)}, if rejected: {Text.Of(told)}",
        SendCommand send => $"to {send.Aggregate}/{send.Id}: {Text.Of(send.Command)}",
        _ => following.ToString(),
    };
}
