namespace Phoenix.Subscribing;

/// <summary>A subscription as it runs.</summary>
internal sealed record SubscriptionDefinition(
    string Name, string Topic, SubscriptionStart Start, SubscriptionSettings Settings, SubscriptionModel Model);
