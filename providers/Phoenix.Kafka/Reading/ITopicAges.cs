namespace Phoenix.Kafka;

/// <summary>Tells how far back topics can be read.</summary>
public interface ITopicAges
{
    /// <summary>
    /// For each topic the earliest time that the first records of its partitions carry; those that hold none or do not exist are left out.
    /// What follows in a partition may carry an earlier time only where its senders set times of their own.
    /// </summary>
    /// <param name="topics">The topics.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    /// <exception cref="KafkaRejectedException">This user may not read one of them.</exception>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> OldestAsync(IReadOnlyList<string> topics, CancellationToken cancellationToken);
}
