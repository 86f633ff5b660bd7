using System.Text;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Evolving;
using Phoenix.Publishing;
using Phoenix.Tests.Engine;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>What a message says of its event, and which events a publication takes.</summary>
public sealed class EventMessageTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 27, 6, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("019a0000-0000-7000-8000-000000000001");
    private static readonly PublicationLease Lease = new("tests.all", 4, 0, 3, 1_700_000_000, PublicationSlice.Whole);

    [Fact]
    public void an_event_is_forwarded_as_it_is_stored_with_everything_that_tells_it_from_others()
    {
        var record = Assert.Single(Messages(new PlainForwarding()).Of(Event(), Lease));
        Assert.Equal(
            ("t.tests.all", "42", $"tests.all:{Id:N}:0:3", "tests.added", "tests.all", Time, "application/json", "order-7", """{"amount": 5, "text": ""}"""),
            (record.Topic, record.Key, record.Id, record.Type, record.Source, record.Time, record.ContentType, record.CorrelationId, Encoding.UTF8.GetString(record.Body!.Value.Span)));
        Assert.Equal(
            "ce_subject=tests.counter/42 ce_aggregateversion=7 ce_position=0:01700000000-000003-0000000000000000120-0000 ce_causationid=cause",
            string.Join(' ', record.Headers.Select(header => $"{header.Name}={header.Text}")));
    }

    [Fact]
    public void a_later_run_and_a_later_life_of_the_database_have_greater_positions()
    {
        var texts = new[] { Lease, Lease with { Run = 4 }, Lease with { Incarnation = 1_700_000_001, Run = 1 } }.Select(PositionOf).ToArray();
        Assert.Equal(texts.Order(StringComparer.Ordinal), texts);
        Assert.Equal(3, texts.Distinct().Count());

        string? PositionOf(PublicationLease lease) => Messages(new PlainForwarding()).Of(Event(), lease)[0].Headers.Single(header => header.Name == "ce_position").Text;
    }

    [Fact]
    public void a_class_selects_and_transforms_by_the_events_own_type_and_the_senders_headers()
    {
        Assert.Empty(Messages(new Doubled()).Of(Event(), Lease));
        var records = Messages(new Doubled()).Of(Event(amount: 50), Lease);
        Assert.Equal([("north", "tests.half", $"tests.all:{Id:N}:0:3", """{"amount":25}"""), ("north", "tests.half", $"tests.all:{Id:N}:1:3", """{"amount":25}""")],
            records.Select(record => (record.Key, record.Type, record.Id, Encoding.UTF8.GetString(record.Body!.Value.Span))));
        Assert.Equal("7", records[0].Headers.Single(header => header.Name == "tenant").Text);
    }

    [Theory]
    [InlineData("tests.counter", "", true)]
    [InlineData("shop.account", "", false)]
    [InlineData("", "tests.added", true)]
    [InlineData("", "tests.spoilt", false)]
    [InlineData("tests.counter", "tests.spoilt", false)]
    public void events_are_taken_by_aggregate_and_by_name(string aggregate, string type, bool taken) =>
        Assert.Equal(taken, Messages(new PlainForwarding(), aggregate, type).Of(Event(), Lease).Count == 1);

    [Theory]
    [InlineData("tests.entered", """{"amount":5,"text":"old"}""", "tests.added")]
    [InlineData("tests.removed", """{"amount": 5}""", "tests.removed")]
    public void an_event_of_an_earlier_build_goes_out_as_one_of_today_and_a_retired_one_as_it_is(string stored, string body, string type)
    {
        var logged = Event() with { Type = stored, Json = """{"amount": 5}"""u8.ToArray() };
        var record = Assert.Single(Messages(new PlainForwarding(), evolution: Evolution).Of(logged, Lease));
        Assert.Equal((type, body), (record.Type, Encoding.UTF8.GetString(record.Body!.Value.Span)));
        Assert.Single(Messages(new PlainForwarding(), type: type, evolution: Evolution).Of(logged, Lease));
    }

    [Fact]
    public void rules_see_an_event_of_an_earlier_build_as_one_of_today()
    {
        var seen = new Seeing();
        Messages(seen, evolution: Evolution).Of(Event() with { Type = "tests.entered" }, Lease);
        Assert.Equal(new Added(5, "old"), seen.Seen);
        Assert.Equal(("tests.added", "tests.entered"), (seen.Published!.Type, seen.Published.StoredType));
    }

    [Fact]
    public void an_event_whose_upcaster_fails_cannot_be_published() => Assert.Throws<System.Text.Json.JsonException>(() =>
        Messages(new PlainForwarding(), evolution: Evolution).Of(Event() with { Type = "tests.entered", Json = "[]"u8.ToArray() }, Lease));

    [Fact]
    public void a_header_that_the_wire_uses_itself_is_refused() =>
        Assert.Contains("'ce_id'", Assert.Throws<InvalidOperationException>(() => Messages(new Forging()).Of(Event(), Lease)).Message, StringComparison.Ordinal);

    private static EventEvolution Evolution => new(
        [
            new(new("tests.entered", 1), typeof(Added), [new(1, entered => entered["text"] = "old", null)]),
            new(new("tests.removed", 1), typeof(RetiredEvent), []),
        ],
        [],
        new HashSet<Type>());

    private static EventMessages Messages(Publication rules, string aggregate = "", string type = "", EventEvolution? evolution = null) => new(
        new("tests.all", "t.tests.all", true, PoisonPolicy.ParkAggregate, new(), rules)
        {
            Aggregates = new HashSet<string>(aggregate.Length > 0 ? [aggregate] : []),
            Events = new HashSet<string>(type.Length > 0 ? [type] : []),
        },
        name => name == "tests.added" ? typeof(Added) : null,
        evolution ?? EventEvolution.None);

    private static LoggedEvent Event(int amount = 5) => new(
        120, Id, "tests.counter/42", 7, "tests.added", Encoding.UTF8.GetBytes($$"""{"amount": {{amount}}, "text": ""}"""), Time, "cause", "order-7", """{"region": "north"}""", "ann");

    private sealed class Doubled : Publication
    {
        public override bool Selects(PublishedEvent published) => published.Event is Added { Amount: > 10 };

        public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published)
        {
            var half = OutgoingMessage.Of(published, "tests.half", new { Amount = ((Added)published.Event).Amount / 2 }) with
            {
                Key = published.Headers["region"],
                Headers = new Dictionary<string, string> { ["tenant"] = published.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            };
            return [half, half];
        }
    }

    private sealed class Seeing : Publication
    {
        public PublishedEvent? Published { get; private set; }

        public Phoenix.Model.IEvent? Seen { get; private set; }

        public override bool Selects(PublishedEvent published)
        {
            (Published, Seen) = (published, published.Event);
            return true;
        }
    }

    private sealed class Forging : Publication
    {
        public override IEnumerable<OutgoingMessage> Transform(PublishedEvent published) =>
            [OutgoingMessage.Forward(published) with { Headers = new Dictionary<string, string> { ["ce_id"] = "forged" } }];
    }
}
