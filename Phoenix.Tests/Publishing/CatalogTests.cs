using Phoenix.Dispatch;
using Phoenix.Hosting;
using Phoenix.Publishing;
using Phoenix.Tests.Model;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>A host finds its publications, and says at start what cannot work.</summary>
public sealed class CatalogTests
{
    private const string Domain = """
        [Aggregate("t.box")] public interface IBoxGrain : IAggregateGrain;
        [Command("t.fill")] public sealed record Fill : ICommand<IBoxGrain>;
        [Event("t.filled")] public sealed record Filled : IEvent;
        public sealed class Box : Aggregate<IBoxGrain> { public Decision Handle(Fill _) => Accept(new Filled()); public void Apply(Filled _) { } }
        public sealed class BoxGrain : AggregateGrain<Box>, IBoxGrain;
        """;

    private readonly PublicationOptions _options = new();
    private readonly PhoenixOptions _phoenix = new() { Kafka = "localhost:9092", TopicPrefix = "p" };

    [Fact]
    public void nothing_is_published_unless_asked_for() => Assert.Empty(Load("").All);

    [Fact]
    public void configuration_forwards_an_aggregate_to_its_topic_of_events()
    {
        _options.Forward.Add("*");
        var one = Assert.Single(Load("").All.Values);
        Assert.Equal(("t.box", "p.t.box.events", true), (one.Name, one.Topic, one.CreatesTopic));
        Assert.Equal(["t.box"], one.Aggregates);
    }

    [Fact]
    public void a_class_of_the_domain_is_found_and_settings_win()
    {
        _options.Settings["t.filled-boxes"] = new() { Topic = "elsewhere", Poison = PoisonPolicy.Stop };
        var one = Assert.Single(Load(Named("t.filled-boxes", ", Events = new[] { \"t.filled\" }")).All.Values);
        Assert.Equal(("t.filled-boxes", "elsewhere", false, PoisonPolicy.Stop), (one.Name, one.Topic, one.CreatesTopic, one.Poison));
    }

    [Fact]
    public void a_class_that_takes_events_by_a_former_name_is_told_the_one_of_today()
    {
        const string Evolution = """
            public sealed class BoxEvolution : Phoenix.Evolving.Evolution<Box> { protected override void Define() => Rename("t.stuffed", to: "t.filled"); }
            """;
        var mistake = Assert.Throws<ArgumentException>(() => Load(Evolution + Named("t.filled-boxes", ", Events = new[] { \"t.stuffed\" }"))).Message;
        Assert.Contains("takes events 't.stuffed', which are read as 't.filled' now. Name these; the old ones are among them.", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void each_mistake_is_named()
    {
        _options.Forward.Add("t.bax");
        _options.Settings["nobody"] = new();
        _options.Lease = TimeSpan.FromSeconds(1);
        _options.CheckpointInterval = TimeSpan.FromSeconds(1);
        _phoenix.Kafka = "";
        var mistakes = Assert.Throws<ArgumentException>(() => Load($$"""
            public sealed class Nameless : Phoenix.Publishing.Publication;
            [Phoenix.Publishing.Publication("t.needy")] public sealed class Needy(string need) : Phoenix.Publishing.Publication { public string Need => need; }
            {{Named("t.lost", ", Aggregates = new[] { \"t.bux\" }, Events = new[] { \"t.fulled\" }, Topic = \"p.t.box.commands\"")}}
            """)).Message;
        Assert.Equal(9, mistakes.Split(Environment.NewLine).Length);
        foreach (var part in new[] { "'t.bax', which is no aggregate", "Settings:nobody", "CheckpointInterval", "needs Kafka", "Nameless has no name", "Needy has no public constructor", "'t.bux'", "'t.fulled'", "'p.t.box.commands'" })
            Assert.Contains(part, mistakes, StringComparison.Ordinal);
    }

    [Fact]
    public void a_publication_with_a_sink_has_no_topic_and_needs_no_kafka()
    {
        _phoenix.Kafka = "";
        _options.Settings["t.kept"] = new() { ParkAfter = 5 };
        var one = Assert.Single(Load(Sink + Named("t.kept", ", Sink = typeof(Keeper)")).All.Values);
        Assert.Equal(("", false, "Keeper"), (one.Topic, one.CreatesTopic, one.Sink?.Name));
    }

    [Fact]
    public void each_mistake_with_a_sink_is_named()
    {
        _options.Settings["t.sent"] = new() { ParkAfter = 0 };
        _options.SinkConcurrency = 0;
        _options.SinkTimeout = TimeSpan.Zero;
        var mistakes = Assert.Throws<ArgumentException>(() => Load($$"""
            {{Sink}}
            [Phoenix.Publishing.Publication("t.sent")] public sealed class Sent : Phoenix.Publishing.Publication;
            [Phoenix.Publishing.Publication("t.wrong", Sink = typeof(string))] public sealed class Wrong : Phoenix.Publishing.Publication;
            {{Named("t.both", ", Sink = typeof(Keeper), Topic = \"p.both\"")}}
            """)).Message;
        Assert.Equal(6, mistakes.Split(Environment.NewLine).Length);
        string[] parts =
        [
            "t.sent:ParkAfter is at least 1", "'t.sent' has none", "SinkConcurrency", "SinkTimeout", "Wrong names the sink System.String",
            "the topic 'p.both'",
        ];
        foreach (var part in parts)
            Assert.Contains(part, mistakes, StringComparison.Ordinal);
    }

    private const string Sink = """
        public sealed class Keeper : Phoenix.Publishing.IPublicationSink
        {
            public Task TakeAsync(Phoenix.Publishing.ReceivedEvent message, CancellationToken cancellation) => Task.CompletedTask;
        }

        """;

    private static string Named(string name, string further) => $"[Phoenix.Publishing.Publication(\"{name}\"{further})] public sealed class Boxes : Phoenix.Publishing.Publication;";

    private PublicationCatalog Load(string publications) => PublicationCatalog.Of(DomainModel.Of(SourceDomain.Compile(Domain + publications)), _phoenix, _options);
}
