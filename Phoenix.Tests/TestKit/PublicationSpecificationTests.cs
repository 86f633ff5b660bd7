using Phoenix.Publishing;
using Phoenix.TestKit;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>Specifications of publications say what is wrong.</summary>
public sealed class PublicationSpecificationTests
{
    private static readonly MoneyDeposited Event = new(5);

    [Fact]
    public void an_event_that_is_forwarded_is_the_event_itself() => PublicationSpecification.For<Hidden<int>.Everything>()
        .Given<IAccountGrain>("ann", Event).ThenForwards(Event).ThenNothing();

    [Fact]
    public void a_message_that_is_another_one() => Assert.Contains(
        "Found: 'shop.money-deposited' with the key 'ann': {\"amount\":5}",
        Failure(() => PublicationSpecification.For<Hidden<int>.Everything>().Given<IAccountGrain>("ann", Event)
        .ThenForwards(new MoneyDeposited(6))), StringComparison.Ordinal);

    [Fact]
    public void a_key_that_is_another_one() => Assert.Contains(
        "with the key 'bob'", Failure(() => PublicationSpecification.For<Hidden<int>.Everything>().Given<IAccountGrain>("ann", Event)
        .ThenMessage("shop.money-deposited", Event, "bob")), StringComparison.Ordinal);

    [Fact]
    public void a_message_too_many() => Assert.Contains(
        "Expected: no further message", Failure(() => PublicationSpecification.For<Hidden<int>.Everything>()
        .Given<IAccountGrain>("ann", Event).ThenNothing()), StringComparison.Ordinal);

    [Fact]
    public void a_transform_that_throws() => Assert.Contains(
        "failed at shop.money-deposited {\"amount\":5}: Not today.", Failure(
        () => PublicationSpecification.For<Hidden<int>.Throwing>().Given<IAccountGrain>("ann", Event)), StringComparison.Ordinal);

    [Fact]
    public void a_transform_that_is_not_pure() => Assert.Contains(
        "It must be pure", Failure(() => PublicationSpecification.For<Hidden<int>.Counting>().Given<IAccountGrain>("ann", Event)),
        StringComparison.Ordinal);

    [Fact]
    public void a_header_of_the_wire() => Assert.Contains(
        "The header 'ce_id' is a name that the wire uses itself", Failure(
        () => PublicationSpecification.For<Hidden<int>.Forging>().Given<IAccountGrain>("ann", Event)), StringComparison.Ordinal);

    [Fact]
    public void a_class_without_a_name() =>
        Assert.Contains("[Publication(", Failure(() => PublicationSpecification.For<Hidden<int>.Nameless>()), StringComparison.Ordinal);

    [Fact]
    public async Task a_sink_gets_each_message_and_then_all_once_more()
    {
        var sink = new Noting();
        await PublicationSpecification.For<Hidden<int>.Everything>().Given<IAccountGrain>("ann", Event, Event).SendToAsync(sink);
        Assert.Equal(["shop.account/ann 1", "shop.account/ann 2", "shop.account/ann 1", "shop.account/ann 2"], sink.Taken);
        Assert.Equal(sink.Positions.Take(2), sink.Positions.Skip(2));
        Assert.True(string.CompareOrdinal(sink.Positions[0], sink.Positions[1]) < 0);
    }

    [Fact]
    public async Task a_sink_that_throws()
    {
        var failure = await Assert.ThrowsAsync<SpecificationException>(() => PublicationSpecification.For<Hidden<int>.Everything>()
            .Given<IAccountGrain>("ann", Event).SendToAsync(new Noting { Fails = true }));
        Assert.Contains(
            "failed at 'shop.money-deposited' (version 1 of 'shop.account/ann'): Not today.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_sink_that_is_none() => Assert.Contains(
        "does not implement IPublicationSink", Failure(() => PublicationSpecification.For<Hidden<int>.Sunk>()), StringComparison.Ordinal);

    private sealed class Noting : IPublicationSink
    {
        public bool Fails { get; init; }

        public List<string> Taken { get; } = [];

        public List<string> Positions { get; } = [];

        public Task TakeAsync(ReceivedEvent message, CancellationToken cancellation)
        {
            if (Fails) throw new InvalidOperationException("Not today.");
            Taken.Add($"{message.Subject} {message.Version}");
            Positions.Add(message.Position);
            return Task.CompletedTask;
        }
    }

    private static string Failure(Action specification) => Assert.Throws<SpecificationException>(specification).Message;

    // Of a generic class, so that no host takes them for publications of its domain.
    private static class Hidden<T>
    {
        [Publication("test.everything")] public sealed class Everything : Publication;

        [Publication("test.sunk", Sink = typeof(string))] public sealed class Sunk : Publication;

        [Publication("test.throwing")]
        public sealed class Throwing : Publication
        {
            public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published) =>
                throw new InvalidOperationException("Not today.");
        }

        [Publication("test.counting")]
        public sealed class Counting : Publication
        {
            private int _count;

            public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published) =>
                [OutgoingMessage.Of(published, "test.counted", new { count = _count++ })];
        }

        [Publication("test.forging")]
        public sealed class Forging : Publication
        {
            public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published) =>
                [OutgoingMessage.Forward(published) with { Headers = new Dictionary<string, string> { ["ce_id"] = "1" } }];
        }

        public sealed class Nameless : Publication;
    }
}
