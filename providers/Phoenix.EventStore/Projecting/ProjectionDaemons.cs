using JasperFx.Events.Daemon;
using JasperFx.Events.Daemon.HighWater;
using Marten;
using Marten.Storage;
using Microsoft.Extensions.Logging;

namespace Phoenix.EventStore.Projecting;

/// <summary>Makes Marten's daemon for a store on this log, led by what the log's follower has proven.</summary>
internal sealed class ProjectionDaemons(ILogFollower log, EventStoreConnections connections, TimeProvider time)
{
    /// <summary>A daemon that runs nothing yet.</summary>
    public IProjectionDaemon Create(DocumentStore store, ILogger logger)
    {
        var mark = MarkOf(store);
        return Create(store, logger, mark, mark);
    }

    /// <summary>The same, at a pace.</summary>
    /// <param name="store">The store.</param>
    /// <param name="logger">What Marten writes to.</param>
    /// <param name="pace">The pace.</param>
    /// <param name="reached">Tells how far its projection is.</param>
    public IProjectionDaemon Create(DocumentStore store, ILogger logger, ReplayPace pace, Func<Task<long>> reached)
    {
        var mark = new PacedMark(MarkOf(store), pace, reached, time);
        return Create(store, logger, mark, mark);
    }

    private static Marten.Events.Daemon.ProjectionDaemon Create(DocumentStore store, ILogger logger, IHighWaterDetector mark, IDaemonWakeup wakeup)
    {
        // The daemon takes it when it is made.
        store.Options.Projections.Wakeup = wakeup;
        return new(store, (MartenDatabase)store.Storage.Database, logger, mark);
    }

    private ProvenMark MarkOf(DocumentStore store) =>
        new(log, connections, new(store.Options), ((MartenDatabase)store.Storage.Database).DatabaseUri, time);
}
