using Phoenix.EventStore;

namespace Phoenix.Subscribing;

/// <summary>Who stands behind the tags of a subscription.</summary>
internal interface ITags
{
    /// <summary>A page of those behind a tag: see <see cref="TaggedStreams.PageAsync"/>.</summary>
    Task<IReadOnlyList<string>> PageAsync(string subscription, string tag, string aggregate, string after, int limit);

    /// <summary>Which of them stand there: see <see cref="TaggedStreams.BehindAsync"/>.</summary>
    Task<IReadOnlySet<TaggedStream>> BehindAsync(string subscription, IReadOnlyCollection<TaggedStream> asked);
}

/// <summary>Asks the database.</summary>
internal sealed class StoredTags(TaggedStreams streams) : ITags
{
    public Task<IReadOnlyList<string>> PageAsync(string subscription, string tag, string aggregate, string after, int limit) =>
        streams.PageAsync(subscription, tag, aggregate, after, limit);

    public Task<IReadOnlySet<TaggedStream>> BehindAsync(string subscription, IReadOnlyCollection<TaggedStream> asked) =>
        streams.BehindAsync(subscription, asked);
}
