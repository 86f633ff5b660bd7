using System.Collections.Concurrent;

namespace Phoenix.Kafka;

/// <summary>
/// Subscribers that are active on this silo and take the records of their stream in memory. A pulling agent on the same silo hands them
/// over without a call: no message to the subscriber, no answer, no account of either, which is a fifth of what a silo spends on a record.
/// </summary>
public sealed class LocalSubscribers
{
    private readonly ConcurrentDictionary<GrainId, ILocalSubscriber> subscribers = new();

    /// <summary>Takes one in, in place of an earlier activation of the same grain.</summary>
    /// <param name="grain">Who subscribes.</param>
    /// <param name="subscriber">Its activation.</param>
    public void Add(GrainId grain, ILocalSubscriber subscriber) => subscribers[grain] = subscriber;

    /// <summary>
    /// Lets one go; from now on its records come by calls. Nothing happens when another activation of the grain has taken its place.
    /// </summary>
    /// <param name="grain">Who subscribes.</param>
    /// <param name="subscriber">What was added.</param>
    public void Remove(GrainId grain, ILocalSubscriber subscriber) => subscribers.TryRemove(new(grain, subscriber));

    internal ILocalSubscriber? Find(GrainId grain) => subscribers.GetValueOrDefault(grain);
}
