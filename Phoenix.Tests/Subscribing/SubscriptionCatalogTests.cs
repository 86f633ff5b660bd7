using Microsoft.Extensions.Configuration;
using Phoenix.Dispatch;
using Phoenix.Hosting;
using Phoenix.Subscribing;
using Phoenix.Tests.Model;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>A host finds its subscriptions, and says at start what cannot work.</summary>
public sealed class SubscriptionCatalogTests
{
    private const string Domain = """
        [Aggregate("t.box")] public interface IBoxGrain : IAggregateGrain;
        [Command("t.fill")] public sealed record Fill : ICommand<IBoxGrain>;
        [Event("t.filled")] public sealed record Filled : IEvent;
        public sealed class Box : Aggregate<IBoxGrain> { public Decision Handle(Fill _) => Accept(new Filled()); public void Apply(Filled _) { } }
        public sealed class BoxGrain : AggregateGrain<Box>, IBoxGrain;
        public abstract class Nothing : Phoenix.Subscribing.Subscription
        {
            public override IEnumerable<Phoenix.Subscribing.IncomingCommand> Convert(Phoenix.Subscribing.ForeignRecord record) => [];
        }

        """;

    private readonly SubscriptionOptions _options = [];
    private readonly PhoenixOptions _phoenix = new() { Kafka = "localhost:9092", TopicPrefix = "p" };

    [Fact]
    public void a_class_of_the_domain_is_found_and_settings_win()
    {
        var plain = Assert.Single(
            Load(Named("A", "t.a", ", Topic = \"Their_Topic.1\", Start = Phoenix.Subscribing.SubscriptionStart.Now")).All);
        Assert.Equal(("t.a", "Their_Topic.1", SubscriptionStart.Now), (plain.Name, plain.Topic, plain.Start));

        _options["t.a"] = new() { Topic = "other", Start = SubscriptionStart.Beginning };
        var set = Assert.Single(
            Load(Named("A", "t.a", ", Topic = \"Their_Topic.1\", Start = Phoenix.Subscribing.SubscriptionStart.Now")).All);
        Assert.Equal(("other", SubscriptionStart.Beginning), (set.Topic, set.Start));

        // As an environment variable that a shell passes on.
        _options.Remove("t.a", out var settings);
        _options["t_a"] = settings!;
        Assert.Equal("other", Assert.Single(Load(Named("A", "t.a", ", Topic = \"x\"")).All).Topic);
    }

    [Fact]
    public void its_format_is_json_or_as_the_class_or_the_settings_say()
    {
        Assert.Null(FormatOf(Named("A", "t.a", ", Topic = \"x\"")));
        Assert.Equal("avro", FormatOf(Named("A", "t.a", ", Topic = \"x\", Format = \"avro\""))?.Name);
        _options["t.a"] = new() { Format = "avro" };
        Assert.Equal("avro", FormatOf(Named("A", "t.a", ", Topic = \"x\""))?.Name);
        _options["t.a"] = new() { Format = "json" };
        Assert.Null(FormatOf(Named("A", "t.a", ", Topic = \"x\", Format = \"avro\"")));

        IRecordFormat? FormatOf(string subscription)
        {
            var catalog = Load(subscription);
            return catalog.FormatOf(Assert.Single(catalog.All));
        }
    }

    [Fact]
    public void settings_are_read_by_the_subscriptions_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([
            new("Phoenix:Subscriptions:t.a:Topic", "other"), new("Phoenix:Subscriptions:t.a:Enabled", "false"),
                new("Phoenix:Subscriptions:t.a:Start", "now"), new("Phoenix:Subscriptions:t.a:MaxRecordBytes", "5"),
        ]).Build();
        configuration.GetSection(SubscriptionOptions.Section).Bind(_options);
        var settings = _options["t.a"];
        Assert.Equal(
            ("other", false, SubscriptionStart.Now, 5), (settings.Topic, settings.Enabled, settings.Start, settings.MaxRecordBytes));
    }

    [Fact]
    public void one_that_is_off_needs_no_topic_and_is_not_read()
    {
        _options["t.a"] = new() { Enabled = false };
        Assert.Empty(Load(Named("A", "t.a", "")).All);
    }

    [Fact]
    public void without_kafka_nothing_is_read()
    {
        _phoenix.Kafka = "";
        Assert.Empty(Load(Named("A", "t.a", ", Topic = \"x\"")).All);
    }

    [Fact]
    public void each_mistake_is_named()
    {
        _options["nobody"] = new();
        _options["t.small"] = new() { MaxRecordBytes = 0 };
        var mistakes = Assert.Throws<ArgumentException>(() => Load(
            "public sealed class Nameless : Nothing;"
            + "[Phoenix.Subscribing.Subscription(\"t.needy\", Topic = \"n\")] public sealed class Needy(string need) : Nothing { public string Need => need; }"
            + "[Phoenix.Subscribing.Subscription(\"No Name\", Topic = \"m\")] public sealed class Misnamed : Nothing;"
            + Named("Twin1", "t.twin", ", Topic = \"a\"") + Named("Twin2", "t.twin", ", Topic = \"b\"")
            + Named("Boxed", "t.box", ", Topic = \"c\"")
            + Named("Small", "t.small", ", Topic = \"d\"")
            + Named("Topicless", "t.none", "")
            + Named("Odd", "t.odd", ", Topic = \"with space\"")
            + Named("Binary", "t.binary", ", Topic = \"e\", Format = \"protobuf\"")
            + Named("Own", "t.own", ", Topic = \"p.t.box.commands\"")
            + Named("One", "t.one", ", Topic = \"same\"") + Named("Other", "t.other", ", Topic = \"same\""))).Message;
        Assert.Equal(12, mistakes.Split(Environment.NewLine).Length);
        foreach (var part in new[]
        {
            "Nameless has no name", "Needy has no public constructor", "'No Name' is no logical name", "'t.twin' is used by", "'t.box' of an aggregate", "Subscriptions:nobody", "MaxRecordBytes is at least 1",
            "'t.binary' is written in 'protobuf', which this host cannot read. It reads: json, avro.", "'t.none' has no topic", "'with space'", "'p.t.box.commands'", "The topic 'same' is read by the subscriptions 't.one' and 't.other'",
        })
            Assert.Contains(part, mistakes, StringComparison.Ordinal);
    }

    private static string Named(string type, string name, string further) =>
        $"[Phoenix.Subscribing.Subscription(\"{name}\"{further})] public sealed class {type} : Nothing;";

    private SubscriptionCatalog Load(string subscriptions) =>
        SubscriptionCatalog.Of(DomainModel.Of(SourceDomain.Compile(Domain + subscriptions)), _phoenix, _options, [new Avro()]);

    private sealed class Avro : IRecordFormat
    {
        public string Name => "avro";

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ForeignRecord record, CancellationToken cancellationToken) => new(record.Value!.Value);
    }
}
