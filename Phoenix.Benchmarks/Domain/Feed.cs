using Phoenix.Subscribing;

namespace Phoenix.Benchmarks.Domain;

/// <summary>A record becomes one command, to the aggregate that its key names.</summary>
[Subscription(Name)]
public sealed class Feed : Subscription
{
    public const string Name = "bench.feed";

    public override IEnumerable<IncomingCommand> Convert(ForeignRecord record) =>
        [To(record.KeyText, new Add(record.Json<FeedItem>().Amount))];
}
