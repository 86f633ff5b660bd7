namespace Phoenix.Subscribing;

/// <summary>A subscription as it runs.</summary>
internal sealed record SubscriptionDefinition(
    string Name, string Topic, SubscriptionStart Start, SubscriptionSettings Settings, SubscriptionModel Model)
{
    /// <summary>The format that needs no reading.</summary>
    public const string Json = "json";

    /// <summary>How values are written.</summary>
    public string Format => Settings.Format ?? Model.Named.Format ?? Json;
}
