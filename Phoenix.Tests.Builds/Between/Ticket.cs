using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Model;

namespace Phoenix.Tests.Builds.Between;

[Aggregate("tests.ticket")] public interface ITicketGrain : IAggregateGrain;

[Command("tests.open-ticket")] public sealed record OpenTicket(string Title) : ICommand<ITicketGrain>;

[Command("tests.comment")] public sealed record Comment(string Text) : ICommand<ITicketGrain>;

[Command("tests.look")] public sealed record Look : ICommand<ITicketGrain>;

[Query("tests.get-ticket")] public sealed record GetTicket : IQuery<ITicketGrain, string>;

#region events
// Written by this build, and by the one before.
[Event("tests.ticket-opened")] public sealed record TicketOpened(string Title) : IEvent;

// Written by the next build, and read by this one.
[Event("tests.ticket-opened", Version = 2)] public sealed record TicketOpenedV2(string Title, string Priority) : IEvent;
#endregion

[Event("tests.ticket-commented")] public sealed record TicketCommented(string Text) : IEvent;

[Event("tests.comment-added")] public sealed record CommentAdded(string Text) : IEvent;

[Event("tests.ticket-looked-at")] public sealed record TicketLookedAt : IEvent;

/// <summary>Writes what the build before it reads, and reads what the next one writes: each of the two may run beside it.</summary>
public sealed class Ticket : Aggregate<ITicketGrain>
{
    [JsonInclude] public string Title { get; private set; } = "";

    [JsonInclude] public string Priority { get; private set; } = "";

    [JsonInclude] public string Comments { get; private set; } = "";

    #region rules
    public Decision Handle(OpenTicket command) => Accept(new TicketOpened(command.Title));

    public void Apply(TicketOpened @event) => (Title, Priority) = (@event.Title, "normal");

    public void Apply(TicketOpenedV2 @event) => (Title, Priority) = (@event.Title, @event.Priority);
    #endregion

    public Decision Handle(Comment command) => Accept(new TicketCommented(command.Text));

    public Decision Handle(Look _) => Accept();

    public void Apply(TicketCommented @event) => Comments += @event.Text;

    public void Apply(CommentAdded @event) => Comments += @event.Text;

    public void Apply(TicketLookedAt _) { }

    public string Answer(GetTicket _) => $"{Title} ({Priority}): {Comments}";
}

public sealed class TicketGrainBetween : AggregateGrain<Ticket>, ITicketGrain;
