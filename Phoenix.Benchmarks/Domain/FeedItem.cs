namespace Phoenix.Benchmarks.Domain;

/// <summary>A record of the foreign topics.</summary>
public sealed record FeedItem(long Amount);
