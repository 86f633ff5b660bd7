using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Model;

namespace Phoenix.Tests.Engine;

/// <summary>What a handler of the counter waits for or does before it decides, set by the test.</summary>
public interface IHindrance
{
    Task Before(string command, CancellationToken cancellation);
}

[Command("tests.add")] public sealed record Add(int Amount, string Text = "") : ICommand<ICounterGrain>;

[Command("tests.add-when-let")] public sealed record AddWhenLet(int Amount, string Hindrance) : ICommand<ICounterGrain>;

[Command("tests.add-checked")] public sealed record AddChecked(int Amount) : ICommand<ICounterGrain>;

[Command("tests.take")] public sealed record Take(int Amount) : ICommand<ICounterGrain>;

[Command("tests.note")] public sealed record Note : ICommand<ICounterGrain>;

[Command("tests.err")] public sealed record Err(Error Way) : ICommand<ICounterGrain>;

[Query("tests.get-total")] public sealed record GetTotal : IQuery<ICounterGrain, int>;

[Event("tests.added")] public sealed record Added(int Amount, string Text) : IEvent;

[Event("tests.spoilt")] public sealed record Spoilt : IEvent;

public enum Error
{
    Throw,
    ThrowTimeout,
    ReturnNull,
    RaiseWhatCannotBeApplied,
    RejectWithHalfACharacter,
    ReplyUnwritably,
    MakeStateUnwritable,
}

public sealed class Unwritable
{
    public int Value => throw new FormatException("This value is nobody's business.");
}

/// <summary>A number with every way of deciding about it.</summary>
public sealed class Counter : Aggregate<ICounterGrain>
{
    [JsonInclude] public int Total { get; private set; }

    /// <summary>A number, until a command makes it something that JSON cannot hold.</summary>
    [JsonInclude] public double Quality { get; private set; } = 1;

    public Decision Handle(Add command) => Accept(new Added(command.Amount, command.Text)).WithReply(Total + command.Amount);

    public Decision Handle(AddChecked command) => Accept(new Added(checked(Total + command.Amount) - Total, ""));

    public async Task<Decision> Handle(AddWhenLet command, IHindrance hindrance, CancellationToken cancellation)
    {
        await hindrance.Before(command.Hindrance, cancellation);
        return Accept(new Added(command.Amount, ""));
    }

    public Decision Handle(Take command) => Total < command.Amount ? Reject("too-little", $"There are {Total}.") : Accept(new Added(-command.Amount, ""));

    public Decision Handle(Note _) => Accept().WithReply(Total);

    public Decision Handle(Err command) => command.Way switch
    {
        Error.Throw => throw new InvalidOperationException("The abacus is broken."),
        Error.ThrowTimeout => throw new TimeoutException("Too slow."),
        Error.ReturnNull => null!,
        Error.RaiseWhatCannotBeApplied => Accept(new Added(1, ""), new Added(int.MaxValue, "")),
        Error.RejectWithHalfACharacter => Reject("cut", "Grinning \U0001F600"[..^1]),
        Error.ReplyUnwritably => Accept(new Added(1, "")).WithReply(new Unwritable()),
        _ => Accept(new Spoilt()),
    };

    public void Apply(Added @event)
    {
        if (@event.Amount == int.MaxValue) throw new TimeoutException("Counting so far takes too long.");
        Total += @event.Amount;
    }

    public void Apply(Spoilt _) => Quality = double.NaN;

    public int Answer(GetTotal _) => Total;
}

[Aggregate("tests.counter")] public interface ICounterGrain : IAggregateGrain;

public sealed class CounterGrain : AggregateGrain<Counter>, ICounterGrain;
