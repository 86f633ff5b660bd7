namespace Phoenix.Kafka;

/// <summary>
/// Sends records of one topic so that none passes another that was handed over before it and goes to the same partition, whatever fails. It
/// never gives a record up by itself: it waits for the broker as long as it takes. After the first failure nothing more is sent; dispose of
/// it, and go on with a new one at the first record that was not acknowledged. Not thread-safe; acknowledgements come on a thread of the
/// client.
/// </summary>
public interface IOrderedSender : IAsyncDisposable
{
    /// <summary>Hands a record over and returns at once.</summary>
    /// <param name="record">The record. Its topic is the sender's.</param>
    /// <param name="acknowledged">Called when all in-sync replicas have it.</param>
    /// <exception cref="KafkaRejectedException">It is larger than the topic takes (<see cref="KafkaRejectedException.TooLarge"/>): it was
    /// not handed over, others may follow.</exception>
    void Send(KafkaRecord record, Action acknowledged);

    /// <summary>Ends, with the failure, when one record was not stored; never otherwise.</summary>
    /// <exception cref="KafkaRejectedException">The broker refused a record for good.</exception>
    /// <exception cref="KafkaUnavailableException">The client failed; go on with a new sender.</exception>
    Task Failed { get; }
}

/// <summary>Opens senders that keep the order.</summary>
public interface IOrderedSenders
{
    /// <summary>Opens one.</summary>
    /// <param name="topic">The topic, which must exist: it is looked up, and not created.</param>
    /// <exception cref="KafkaRejectedException">There is no such topic (<see cref="KafkaRejectedException.UnknownTopic"/>).</exception>
    /// <exception cref="KafkaUnavailableException">The broker cannot be reached.</exception>
    Task<IOrderedSender> OpenAsync(string topic);

    /// <summary>Creates a topic unless it exists.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Its partitions, if it is created.</param>
    /// <param name="replicationFactor">Its replicas, if it is created; null takes the broker's default.</param>
    /// <exception cref="KafkaRejectedException">It may not be created.</exception>
    /// <exception cref="KafkaUnavailableException">The broker cannot be reached.</exception>
    Task EnsureAsync(string topic, int partitions, short? replicationFactor);
}
