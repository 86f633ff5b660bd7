namespace Phoenix.EventStore;

/// <summary>A tag that a stream takes or leaves.</summary>
/// <param name="Subscription">The subscription that the tag belongs to.</param>
/// <param name="Tag">The tag.</param>
/// <param name="IsSet">Whether the stream stands behind it afterwards.</param>
public sealed record TagChange(string Subscription, string Tag, bool IsSet);
