namespace Phoenix.Kafka;

/// <summary>
/// An activation that takes records without a call; see <see cref="LocalSubscribers"/>. It does itself what Orleans does for calls: it
/// takes records in its own turns, and it does not leave while some are under way.
/// </summary>
public interface ILocalSubscriber
{
    /// <summary>
    /// Takes consecutive records of a stream, from any thread. It ends as the call that delivers them would: with an exception they come
    /// again.
    /// </summary>
    /// <param name="stream">Their stream.</param>
    /// <param name="messages">The records, in order.</param>
    /// <returns>False when nothing was taken and the records are to be delivered by a call: it leaves, it is another stream, or Orleans
    /// should see that it is in use.</returns>
    Task<bool> TryTakeAsync(StreamId stream, IReadOnlyList<KafkaMessage> messages);
}
