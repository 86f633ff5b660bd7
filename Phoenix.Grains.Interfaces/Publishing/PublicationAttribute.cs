using Phoenix.Model;

namespace Phoenix.Publishing;

/// <summary>
/// Names a publication and says which events it takes and where it sends them. On a class that derives from <see cref="Publication"/>.
/// </summary>
/// <param name="name">
/// The publication's name, for example <c>shop.large-deposits</c>. Its position is stored under it, and message ids begin with it: a
/// publication that is renamed is a new one.
/// </param>
public sealed class PublicationAttribute(string name) : NamedAttribute(name)
{
    /// <summary>The topic. Default <c>{prefix}.{name}</c>. Only topics that begin with the prefix are created; others must exist.</summary>
    public string? Topic { get; init; }

    /// <summary>
    /// A class that implements <see cref="IPublicationSink"/>: messages go to it instead of a topic. Default: none. With one,
    /// <see cref="Topic"/> stays unset and Kafka is not needed.
    /// </summary>
    public Type? Sink { get; init; }

    /// <summary>Logical names of the kinds of aggregates whose events are taken. Default: all.</summary>
    public string[] Aggregates { get; init; } = [];

    /// <summary>Full logical names of the events that are taken. Default: all.</summary>
    public string[] Events { get; init; } = [];

    /// <summary>What happens when an event cannot be published. Default <see cref="PoisonPolicy.ParkAggregate"/>.</summary>
    public PoisonPolicy Poison { get; init; } = PoisonPolicy.ParkAggregate;
}

/// <summary>
/// What happens when an event cannot be published: its transform throws, or its message is one that the topic, or the sink, never takes.
/// </summary>
public enum PoisonPolicy
{
    /// <summary>
    /// The events of that aggregate are held back from this one on, and all others go on. It is tried again each minute and whenever a silo
    /// takes the publication over, as after a deployment; when it succeeds, what was held back goes out in order.
    /// </summary>
    ParkAggregate,

    /// <summary>The publication stops at this event until an operator resumes it.</summary>
    Stop,
}
