namespace Phoenix.Publishing;

/// <summary>
/// Sends stored events to a Kafka topic, or to a sink of your own: each one that is selected at least once, those of one aggregate in the
/// order of their versions (guarantee 8). A subclass is plain C#, named with <see cref="PublicationAttribute"/>, with a public constructor
/// without parameters. A host finds it in the assemblies of its domain.
/// </summary>
/// <remarks>
/// Both methods are pure: they run again for the same event after each interruption, on any silo, and must then give the same. Messages of
/// one aggregate stay in order as long as they have the same key; the default key is the aggregate's id.
/// </remarks>
public abstract class Publication
{
    /// <summary>Whether an event is published. Default: every one that the attribute takes.</summary>
    /// <param name="published">The event.</param>
    public virtual bool Selects(PublishedEvent published) => true;

    /// <summary>The messages of an event: none, one or more. Default: the event itself, as it is read today.</summary>
    /// <param name="published">The event.</param>
    public virtual IEnumerable<OutgoingMessage> Transform(PublishedEvent published) => [OutgoingMessage.Forward(published)];
}
