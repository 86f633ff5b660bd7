using Phoenix.Model;

namespace Phoenix.Subscribing;

/// <summary>Names a subscription and says which topic it reads. On a class that derives from <see cref="Subscription"/>.</summary>
/// <param name="name">
/// The subscription's name, for example <c>shop.payments</c>: that of its settings, metrics and dead letters. Unique, also among the
/// aggregates.
/// </param>
public sealed class SubscriptionAttribute(string name) : NamedAttribute(name)
{
    /// <summary>
    /// The topic, of the same Kafka cluster. One that is missing is waited for and never created. Configuration wins; without either the
    /// host does not start.
    /// </summary>
    public string? Topic { get; init; }

    /// <summary>
    /// How values are written: the name of an <see cref="IRecordFormat"/> of the host, for example <c>avro</c>. Default <c>json</c>, which
    /// needs none. Configuration wins; a host that does not know the format does not start.
    /// </summary>
    public string? Format { get; init; }

    /// <summary>Where it begins when it has never run. Default <see cref="SubscriptionStart.Beginning"/>.</summary>
    public SubscriptionStart Start { get; init; }
}

/// <summary>Where a subscription that has never run begins.</summary>
public enum SubscriptionStart
{
    /// <summary>With the oldest record that the topic has.</summary>
    Beginning,

    /// <summary>
    /// With what comes after the first start. Partitions that are added later, and a topic that is missing at the first start or made
    /// again, are read from their beginning.
    /// </summary>
    Now,
}
