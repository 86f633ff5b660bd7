using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Model;
using Phoenix.TestKit;
using Xunit;

namespace Phoenix.Tests.Docs;

[Aggregate("guide.seat")] public interface ISeatGrain : IAggregateGrain;
[Command("guide.reserve")] public sealed record Reserve(string Guest) : ICommand<ISeatGrain>;
[Command("guide.pay")] public sealed record Pay : ICommand<ISeatGrain>;
[Command("guide.expire")] public sealed record Expire : ICommand<ISeatGrain>;
[Command("guide.points-refused")] public sealed record PointsRefused(Rejection? Why = null) : ICommand<ISeatGrain>;
[Event("guide.seat-noted")] public sealed record SeatNoted(string Note) : IEvent;
[Event("guide.seat-reserved")] public sealed record SeatReserved(string Guest) : IEvent;
[Event("guide.seat-paid")] public sealed record SeatPaid : IEvent;
[Event("guide.seat-released")] public sealed record SeatReleased : IEvent;

[Aggregate("guide.guest")] public interface IGuestGrain : IAggregateGrain;
[Command("guide.add-points")] public sealed record AddPoints(int Points) : ICommand<IGuestGrain>;
[Event("guide.points-added")] public sealed record PointsAdded(int Points) : IEvent;

public sealed class SeatGrain : AggregateGrain<Seat>, ISeatGrain;

public sealed class GuestGrain : AggregateGrain<Guest>, IGuestGrain;

public sealed class Guest : Aggregate<IGuestGrain>
{
    [JsonInclude] public int Points { get; private set; }

    public Decision Handle(AddPoints command) => Accept(new PointsAdded(command.Points));

    public void Apply(PointsAdded @event) => Points += @event.Points;
}

#region rules
public sealed class Seat : Aggregate<ISeatGrain>
{
    [JsonInclude] public string? Guest { get; private set; }
    [JsonInclude] public bool IsPaid { get; private set; }
    [JsonInclude] public string? Note { get; private set; }

    // The reservation expires by itself: the timer is stored with the event, or neither is.
    public Decision Handle(Reserve command) => Guest is null
        ? Accept(new SeatReserved(command.Guest)).In(TimeSpan.FromMinutes(15), "reservation", new Expire())
        : Reject("taken", $"The seat is reserved for {Guest}.");

    // Whoever pays keeps the seat, and the guest gets points: a command to another aggregate. If that one rejects it, this one is told.
    public Decision Handle(Pay _) => Guest is not null && !IsPaid
        ? Accept(new SeatPaid()).Cancel("reservation").ThenSend(Guest, new AddPoints(10), ifRejected: new PointsRefused())
        : Reject("nothing-to-pay", "The seat is not reserved, or is paid for.");

    // What the timer sends is a command like any other: it may be rejected.
    public Decision Handle(Expire _) => Guest is not null && !IsPaid
        ? Accept(new SeatReleased())
        : Reject("not-reserved", "There is nothing to release.");

    // Why comes filled in.
    public Decision Handle(PointsRefused command) => Accept(new SeatNoted($"No points: {command.Why?.Message}"));

    public void Apply(SeatReserved @event) => Guest = @event.Guest;
    public void Apply(SeatPaid _) => IsPaid = true;
    public void Apply(SeatReleased _) => Guest = null;
    public void Apply(SeatNoted @event) => Note = @event.Note;
}
#endregion

/// <summary>The snippets of docs/guides/timers.md.</summary>
public sealed class TimersGuide
{
    #region specification
    [Fact]
    public void a_reservation_expires_unless_it_is_paid_for()
    {
        var reserved = AggregateSpecification.For<Seat>()
            .When(new Reserve("ann"))
            .ThenTimer("reservation", TimeSpan.FromMinutes(15), new Expire());

        reserved.Advance(TimeSpan.FromMinutes(15))
            .ThenEvents(new SeatReleased())
            .ThenState(seat => seat.Guest == null);

        reserved.Advance(TimeSpan.FromMinutes(14))
            .When(new Pay())
            .ThenCancelled("reservation")
            .ThenSent("ann", new AddPoints(10), ifRejected: new PointsRefused())
            .When(new PointsRefused(new("closed", "The account is closed."))).ThenState(seat =>
                seat.Note == "No points: The account is closed.")
            .Advance(TimeSpan.FromDays(1)).ThenState(seat => seat.Guest == "ann");
    }
    #endregion
}
