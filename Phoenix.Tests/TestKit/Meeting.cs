using Phoenix.Aggregates;
using Phoenix.Model;

namespace Phoenix.Tests.TestKit;

public interface IRates
{
    Task<decimal> For(string room);
}

[Command("tests.book")] public sealed record Book(string Room) : ICommand<IMeetingGrain>;

[Command("tests.confirm")] public sealed record Confirm : ICommand<IMeetingGrain>;

[Command("tests.misbehave")] public sealed record Misbehave(Misbehaviour Way) : ICommand<IMeetingGrain>;

[Command("tests.hang")] public sealed record Hang(bool HeedsCancellation) : ICommand<IMeetingGrain>;

[Command("tests.stack")] public sealed record Pile(Papers Papers) : ICommand<IMeetingGrain>;

[Query("tests.get-price")] public sealed record GetPrice : IQuery<IMeetingGrain, Price>;

[Query("tests.peek")] public sealed record Peek(bool Throws) : IQuery<IMeetingGrain, int>;

[Event("tests.booked")] public sealed record Booked(string Room, decimal Rate, DateTimeOffset Time, Circumstances Circumstances) : IEvent;

[Event("tests.piled")] public sealed record Piled(Papers Papers) : IEvent;

[Event("tests.collapsed")] public sealed record Collapsed : IEvent;

/// <summary>Grows each time it is made.</summary>
public sealed record Papers
{
    public Papers(int count) => Count = count + 1;

    public int Count { get; }
}

public sealed record Price(decimal Amount, string Currency);

public sealed record Circumstances(string Meeting, string CommandId, long Version, string? Principal, string? CorrelationId, string? Floor);

public enum Misbehaviour
{
    ChangeState,
    ChangeStateAndReject,
    Throw,
    RaiseEventThatCannotBeApplied,
    RaiseEventThatJsonChanges,
    ReturnNull,
}

[Aggregate("tests.meeting")] public interface IMeetingGrain : IAggregateGrain;

public sealed class MeetingGrain : AggregateGrain<Meeting>, IMeetingGrain;

/// <summary>An aggregate that can do everything a handler may do, and some things that it must not.</summary>
public sealed class Meeting : Aggregate<IMeetingGrain>
{
    public List<string> Rooms { get; set; } = [];

    public decimal Total { get; set; }

    public async Task<Decision> Handle(Book command, IRates rates, TimeProvider time, CommandContext context)
    {
        var rate = await rates.For(command.Room);
        await Task.Yield();
        return Accept(new Booked(command.Room, rate, time.GetUtcNow(), new(
            context.AggregateId, context.CommandId, context.Version, context.Principal, context.CorrelationId, context.Headers.GetValueOrDefault("floor"))));
    }

    public Decision Handle(Confirm _) => Accept().WithReply(new Price(Total, "EUR"));

    public Decision Handle(Misbehave command)
    {
        switch (command.Way)
        {
            case Misbehaviour.ChangeState:
                Rooms.Add("A");
                return Accept();
            case Misbehaviour.ChangeStateAndReject:
                Total = 5;
                return Reject("no", "No.");
            case Misbehaviour.RaiseEventThatCannotBeApplied:
                return Accept(new Collapsed());
            case Misbehaviour.RaiseEventThatJsonChanges:
                return Accept(new Piled(new Papers(1)));
            case Misbehaviour.ReturnNull:
                return null!;
            default:
                throw new InvalidOperationException("The projector is broken.");
        }
    }

    public Task<Decision> Handle(Hang command, CancellationToken cancellation)
    {
        var never = new TaskCompletionSource<Decision>().Task;
        return command.HeedsCancellation ? never.WaitAsync(cancellation) : never;
    }

    public Decision Handle(Pile _) => Accept();

    public void Apply(Booked @event)
    {
        Rooms.Add(@event.Room);
        Total += @event.Rate;
    }

    public void Apply(Piled _) => Total++;

    public void Apply(Collapsed _) => throw new ArithmeticException("The table broke.");

    public Price Answer(GetPrice _) => new(Total, "EUR");

    public int Answer(Peek query) => query.Throws ? throw new InvalidOperationException("Nothing to see.") : (int)++Total;
}
