using Phoenix.Subscribing;

namespace Phoenix.Benchmarks.Domain;

/// <summary>A record becomes a command to all behind the tag.</summary>
[Subscription(Name)]
public sealed class News : Subscription
{
    public const string Name = "bench.news";
    public const string Tag = "all";

    public override IEnumerable<IncomingCommand> Convert(ForeignRecord record) => [ToAll(Tag, new Add(record.Json<FeedItem>().Amount))];
}
