namespace Phoenix.Kafka;

/// <summary>
/// Keeps where topics with <see cref="TopicStart.Now"/> began to be read, for all silos; a service of the host. Without one, positions of
/// the consumer group say it: then two silos that begin at the same moment may take two places, and a broker forgets it with the topic.
/// </summary>
public interface ITopicStarts
{
    /// <summary>Keeps where a topic begins, unless that is kept already. Of several at once one is kept, and all get that one.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="reader">Who reads it: the consumer group.</param>
    /// <param name="beginning">Where.</param>
    /// <returns>What is kept.</returns>
    Task<TopicBeginning> KeepAsync(string topic, string reader, TopicBeginning beginning);
}

/// <summary>Where a topic begins.</summary>
/// <param name="Life">In which life of the topic; empty when it was not there, or had been read before.</param>
/// <param name="Places">The first offset of each partition.</param>
public sealed record TopicBeginning(string Life, IReadOnlyList<long> Places)
{
    /// <summary>It is read from its oldest record, whatever life it has.</summary>
    public static TopicBeginning OfAll { get; } = new("", []);
}
