using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Model;

/// <summary>Timers and sends that nothing would take are found when a host starts, wherever in the rules they stand.</summary>
public sealed class FollowingMistakeTests
{
    private const string Contracts = """
        [Aggregate("door")] public interface IDoorGrain : IAggregateGrain;
        [Command("door.open")] public sealed record OpenDoor : ICommand<IDoorGrain>;
        [Event("door.opened")] public sealed record DoorOpened : IEvent;
        [Aggregate("bell")] public interface IBellGrain : IAggregateGrain;
        [Command("bell.ring")] public sealed record Ring : ICommand<IBellGrain>;
        [Event("bell.rang")] public sealed record Rang : IEvent;

        """;

    private const string Bell = """
        public sealed class Bell : Aggregate<IBellGrain>
        {
            public Decision Handle(Ring command) => Accept(new Rang());
            public void Apply(Rang @event) { }
        }

        """;

    private static string Door(string handler, string more = "") => $$"""
        public sealed class Door : Aggregate<IDoorGrain>
        {
            public {{handler}}
            public void Apply(DoorOpened @event) { }
            {{more}}
        }

        """;

    private static string Handling(string decision) => $"Decision Handle(OpenDoor command) => Accept(new DoorOpened()){decision};";

    [Theory]
    [InlineData(""".In(TimeSpan.FromDays(1), "close", new OpenDoor())""")]
    [InlineData(""".ThenSend("b", new Ring())""")]
    [InlineData(""".ThenSend("b", new Ring(), new OpenDoor()).Every(TimeSpan.FromDays(1), "again", new OpenDoor())""")]
    public void what_has_a_handler_is_no_mistake(string follows) => Load(Contracts + Bell + Door(Handling(follows)));

    private const string News = """
        [Phoenix.Subscribing.Subscription("news", Topic = "news")] public sealed class News : Phoenix.Subscribing.Subscription
        {
            public override IEnumerable<Phoenix.Subscribing.IncomingCommand> Convert(Phoenix.Subscribing.ForeignRecord record) => [];
        }

        """;

    [Fact]
    public void a_tag_of_a_subscription_of_the_host() =>
        Load(Contracts + Bell + News + Door(Handling(".Tag<News>(\"all\").Untag<News>(\"few\")")));

    [Theory]
    [InlineData("Tag<Phoenix.Subscribing.Subscription>", "Tag names Phoenix.Subscribing.Subscription, which is no subscription.")]
    [InlineData("Untag<Shop.Payments.IncomingPayments>", "Untag names Shop.Payments.IncomingPayments, which is not part of this host's domain.")]
    public void a_tag_of_something_else(string call, string mistake) => Assert.Contains(
        mistake, MistakesIn(Contracts + Bell + Door(Handling($".{call}(\"all\")"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("In", """.In(TimeSpan.FromDays(1), "ring", new Ring())""")]
    [InlineData("At", """.At(DateTimeOffset.UnixEpoch, "ring", new Ring())""")]
    [InlineData("Every", """.Every(TimeSpan.FromDays(1), "ring", new Ring())""")]
    [InlineData("ThenSend", """.ThenSend("b", new Ring(), new Ring())""")]
    public void a_timer_for_anothers_command(string call, string follows) => Assert.Contains(
        $"Door: {call} is given a command of IBellGrain; expected one of IDoorGrain.",
            MistakesIn(Contracts + Bell + Door(Handling(follows))));

    [Theory]
    [InlineData("async Task<Decision> Handle(OpenDoor command) { await Task.Yield(); return Accept(new DoorOpened()).In(TimeSpan.Zero, \"ring\", new Ring()); }")]
    [InlineData("Decision Handle(OpenDoor command) { Func<Decision> decide = () => Accept(new DoorOpened()).In(TimeSpan.Zero, \"ring\", new Ring()); return decide(); }")]
    [InlineData("Decision Handle(OpenDoor command) => command switch { null => Reject(\"no\", \"No.\"), _ => Later(Accept(new DoorOpened())) };")]
    public void in_an_asynchronous_handler_a_lambda_or_a_method_of_its_own(string handler) => Assert.Contains(
        "Door: In is given a command of IBellGrain",
        MistakesIn(Contracts + Bell
            + Door(handler, "private static Decision Later(Decision decision) => decision.In(TimeSpan.Zero, \"ring\", new Ring());")));

    [Fact]
    public void a_send_to_what_no_aggregate_of_the_host_is()
    {
        var (_, rules) = CompileBoth(Contracts, Door(Handling(""".ThenSend("b", new Ring())""")));
        Assert.Contains(
            "Door: ThenSend sends a command of IBellGrain, which no aggregate of this host fulfils.",
            Assert.Throws<ModelException>(() => Phoenix.Dispatch.DomainModel.Of(rules)).Message);
    }
}
