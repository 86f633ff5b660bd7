namespace Phoenix.Subscribing;

/// <summary>
/// Settings of one subscription, bound from <c>Phoenix:Subscriptions:{name}</c>; what is not set is as its class says. The same on all
/// silos of a cluster.
/// </summary>
public sealed class SubscriptionSettings
{
    /// <summary>
    /// Whether the topic is read. Default true. One that is off keeps its position, and goes on there when it is on again.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The topic.</summary>
    public string? Topic { get; set; }

    /// <summary>
    /// How values are written: <c>json</c>, or the name of a format that the host has, for example <c>avro</c>
    /// (<c>Phoenix:SchemaRegistry</c>). Default: as its class says, or else <c>json</c>.
    /// </summary>
    public string? Format { get; set; }

    /// <summary>Where it begins when it has never run.</summary>
    public SubscriptionStart? Start { get; set; }

    /// <summary>
    /// Largest value of a record in bytes; a larger one goes to the dead letters. Default 16 MiB. A partition takes up to 32 MiB in before
    /// it waits, and one record more. What Kafka's client fetches at a time (<c>fetch.max.bytes</c> and its neighbours) does not limit it.
    /// </summary>
    public int MaxRecordBytes { get; set; } = 16 * 1024 * 1024;
}

/// <summary>
/// Settings of subscriptions by their names. Bound from <c>Phoenix:Subscriptions</c>. Shells drop environment variables with dots or dashes
/// in their names, so underscores may stand for both: <c>Phoenix__Subscriptions__shop_payments__Topic</c>.
/// </summary>
public sealed class SubscriptionOptions : Dictionary<string, SubscriptionSettings>
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Subscriptions";

    /// <summary>No settings.</summary>
    public SubscriptionOptions() : base(StringComparer.Ordinal)
    {
    }

    internal SubscriptionSettings Of(string subscription) =>
        this.GetValueOrDefault(subscription) ?? this.GetValueOrDefault(WithoutDots(subscription)) ?? new();

    internal IEnumerable<string> Without(IReadOnlyCollection<string> subscriptions) =>
        Keys.Where(key => !subscriptions.Contains(key) && !subscriptions.Any(name => WithoutDots(name) == key));

    private static string WithoutDots(string name) => name.Replace('.', '_').Replace('-', '_');
}
