using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Model;

namespace Phoenix.Tests.Builds.Before;

[Aggregate("tests.ticket")] public interface ITicketGrain : IAggregateGrain;

[Command("tests.open-ticket")] public sealed record OpenTicket(string Title) : ICommand<ITicketGrain>;

[Command("tests.comment")] public sealed record Comment(string Text) : ICommand<ITicketGrain>;

[Command("tests.look")] public sealed record Look : ICommand<ITicketGrain>;

[Query("tests.get-ticket")] public sealed record GetTicket : IQuery<ITicketGrain, string>;

[Event("tests.ticket-opened")] public sealed record TicketOpened(string Title) : IEvent;

[Event("tests.ticket-commented")] public sealed record TicketCommented(string Text) : IEvent;

[Event("tests.ticket-looked-at")] public sealed record TicketLookedAt : IEvent;

/// <summary>The first build: it has never heard of what the later ones write.</summary>
public sealed class Ticket : Aggregate<ITicketGrain>
{
    [JsonInclude] public string Title { get; private set; } = "";

    [JsonInclude] public string Comments { get; private set; } = "";

    public Decision Handle(OpenTicket command) => Accept(new TicketOpened(command.Title));

    public Decision Handle(Comment command) => Accept(new TicketCommented(command.Text));

    public Decision Handle(Look _) => Accept(new TicketLookedAt());

    public void Apply(TicketOpened @event) => Title = @event.Title;

    public void Apply(TicketCommented @event) => Comments += @event.Text;

    public void Apply(TicketLookedAt _) { }

    public string Answer(GetTicket _) => $"{Title}: {Comments}";
}

public sealed class TicketGrainBefore : AggregateGrain<Ticket>, ITicketGrain;
