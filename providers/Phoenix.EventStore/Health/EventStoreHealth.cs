using Phoenix.EventStore.Commits;

namespace Phoenix.EventStore.Health;

/// <summary>Puts together what the queue and the watch know.</summary>
internal sealed class EventStoreHealth(CommitQueue queue, StorageWatch watch) : IEventStoreHealth
{
    public StorageHealth Storage
    {
        get
        {
            var (oldest, trouble) = (queue.OldestWaiting, watch.Trouble);
            return new() { UnhealthySince = trouble?.Since, Reason = trouble?.Reason, OldestWaiting = oldest, WithoutProgress = watch.WithoutProgress(oldest) };
        }
    }
}
