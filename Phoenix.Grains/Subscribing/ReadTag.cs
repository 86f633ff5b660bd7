namespace Phoenix.Subscribing;

/// <summary>Reads a page of those behind a tag: see <see cref="Phoenix.EventStore.TaggedStreams.PageAsync"/>.</summary>
internal delegate Task<IReadOnlyList<string>> ReadTag(string subscription, string tag, string aggregate, string after, int limit);
