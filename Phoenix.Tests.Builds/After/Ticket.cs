using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Evolving;
using Phoenix.Model;

namespace Phoenix.Tests.Builds.After;

[Aggregate("tests.ticket")] public interface ITicketGrain : IAggregateGrain;

[Command("tests.open-ticket")] public sealed record OpenTicket(string Title, string Priority = "high") : ICommand<ITicketGrain>;

[Command("tests.comment")] public sealed record Comment(string Text) : ICommand<ITicketGrain>;

[Query("tests.get-ticket")] public sealed record GetTicket : IQuery<ITicketGrain, string>;

[Event("tests.ticket-opened", Version = 2)] public sealed record TicketOpened(string Title, string Priority) : IEvent;

[Event("tests.comment-added")] public sealed record CommentAdded(string Text) : IEvent;

public sealed class Ticket : Aggregate<ITicketGrain>
{
    [JsonInclude] public string Title { get; private set; } = "";

    [JsonInclude] public string Priority { get; private set; } = "";

    [JsonInclude] public string Comments { get; private set; } = "";

    public Decision Handle(OpenTicket command) => Accept(new TicketOpened(command.Title, command.Priority));

    public Decision Handle(Comment command) => Accept(new CommentAdded(command.Text));

    public void Apply(TicketOpened @event) => (Title, Priority) = (@event.Title, @event.Priority);

    public void Apply(CommentAdded @event) => Comments += @event.Text;

    public string Answer(GetTicket _) => $"{Title} ({Priority}): {Comments}";
}

public sealed class TicketEvolution : Evolution<Ticket>
{
    protected override void Define()
    {
        Upcast("tests.ticket-opened", from: 1, opened => opened["priority"] = "normal");
        Rename("tests.ticket-commented", to: "tests.comment-added");
        Retire("tests.ticket-looked-at");
    }
}

public sealed class TicketGrainAfter : AggregateGrain<Ticket>, ITicketGrain;
