using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Model;
using Phoenix.Subscribing;
using Phoenix.Tests.Engine;

namespace Phoenix.Tests.Due;

[Aggregate("tests.alarm")]
public interface IAlarmGrain : IAggregateGrain;

public sealed class AlarmGrain : AggregateGrain<Alarm>, IAlarmGrain;

[Command("tests.set-alarm")] public sealed record SetAlarm(string Name, double Seconds, string Text = "") : ICommand<IAlarmGrain>;

[Command("tests.set-alarm-at")] public sealed record SetAlarmAt(string Name, DateTimeOffset Time, string Text = "") : ICommand<IAlarmGrain>;

[Command("tests.repeat-alarm")] public sealed record RepeatAlarm(string Name, double Seconds, string Text = "") : ICommand<IAlarmGrain>;

[Command("tests.stop-alarm")] public sealed record StopAlarm(string Name) : ICommand<IAlarmGrain>;

/// <summary>What a timer sends: to ring, or whatever its text says.</summary>
[Command("tests.ring")] public sealed record Ring(string Text) : ICommand<IAlarmGrain>;

[Command("tests.tell")] public sealed record Tell(string Id, string Text, int Times = 1) : ICommand<IAlarmGrain>;

[Command("tests.tell-and-hear")] public sealed record TellAndHear(string Id, string Text) : ICommand<IAlarmGrain>;

/// <summary>Tells of a rejection; its member is filled in.</summary>
[Command("tests.hear-no")] public sealed record HearNo(string Text, Rejection? Why = null) : ICommand<IAlarmGrain>;

[Command("tests.hear")] public sealed record Hear(string Text) : ICommand<IAlarmGrain>;

[Command("tests.set-wrongly")] public sealed record SetWrongly(string Way) : ICommand<IAlarmGrain>;

[Query("tests.get-rings")] public sealed record GetRings : IQuery<IAlarmGrain, string[]>;

[Event("tests.alarm-touched")] public sealed record AlarmTouched : IEvent;

[Event("tests.rang")] public sealed record Rang(string Text) : IEvent;

/// <summary>Sets timers and sends in every way, and remembers what came.</summary>
public sealed class Alarm : Aggregate<IAlarmGrain>
{
    [JsonInclude] public List<string> Rings { get; private set; } = [];

    public Decision Handle(SetAlarm command) => Accept(new AlarmTouched()).In(TimeSpan.FromSeconds(command.Seconds), command.Name, new Ring(command.Text));

    public Decision Handle(SetAlarmAt command) => Accept().At(command.Time, command.Name, new Ring(command.Text));

    public Decision Handle(RepeatAlarm command) => Accept(new AlarmTouched()).Every(TimeSpan.FromSeconds(command.Seconds), command.Name, new Ring(command.Text));

    public Decision Handle(StopAlarm command) => Accept(new AlarmTouched()).Cancel(command.Name).WithReply(Rings.Count);

    public async Task<Decision> Handle(Ring command, IHindrance hindrance, CancellationToken cancellation)
    {
        await hindrance.Before(command.Text, cancellation);
        return command.Text switch
        {
            "reject" => Reject("not-now", "Let me sleep."),
            "fail" => throw new InvalidOperationException("The bell is broken."),
            _ => Accept(new Rang(command.Text)),
        };
    }

    public Decision Handle(Tell command) => Enumerable.Range(1, command.Times).Aggregate(Accept(new AlarmTouched()), (decision, _) => decision.ThenSend(command.Id, new Hear(command.Text)));

    public Decision Handle(TellAndHear command) =>
        Accept(new AlarmTouched()).ThenSend(command.Id, new Hear(command.Text), new HearNo(command.Text));

    public async Task<Decision> Handle(HearNo command, IHindrance hindrance, CancellationToken cancellation)
    {
        await hindrance.Before($"no to {command.Text}", cancellation);
        return Accept(new Rang($"{command.Text}: {command.Why?.Code}, {command.Why?.Message}"));
    }

    public async Task<Decision> Handle(Hear command, IHindrance hindrance, CancellationToken cancellation)
    {
        await hindrance.Before(command.Text, cancellation);
        return command.Text.StartsWith("reject", StringComparison.Ordinal) ? Reject("deaf", "I cannot hear you.")
            : Accept(new Rang(command.Text));
    }

    public Decision Handle(SetWrongly command) => command.Way switch
    {
        "another's command" => Timer(new Add(1)),
        "another's to be told" => ToBeTold(new Add(1)),
        "no name" => Accept(new AlarmTouched()).Cancel(""),
        "no id" => Accept(new AlarmTouched()).ThenSend("", new Hear("")),
        "no tag" => Tagged<Nowhere>(""),
        "nobody's tag" => Tagged<Nowhere>("a"),
        "rejection" => Reject("no", "No.").Cancel("a"),
        _ => Accept(new AlarmTouched()).Every(TimeSpan.FromMilliseconds(1), "a", new Ring("")),
    };

    // By way of a type parameter, or the start would find it.
    private Decision Timer<TContract>(ICommand<TContract> command) where TContract : IAggregateGrain =>
        Accept(new AlarmTouched()).In(TimeSpan.FromSeconds(1), "a", command);

    private Decision Tagged<TSubscription>(string tag) where TSubscription : Subscription =>
        Accept(new AlarmTouched()).Tag<TSubscription>(tag);

    private Decision ToBeTold<TContract>(ICommand<TContract> command) where TContract : IAggregateGrain =>
        Accept(new AlarmTouched()).ThenSend("a", new Hear(""), command);

    public void Apply(AlarmTouched _) { }

    public void Apply(Rang @event) => Rings.Add(@event.Text);

    public string[] Answer(GetRings _) => [.. Rings];
}

/// <summary>A subscription that no host has: there can be none of it.</summary>
[Subscription("tests.nowhere")]
public abstract class Nowhere : Subscription;
