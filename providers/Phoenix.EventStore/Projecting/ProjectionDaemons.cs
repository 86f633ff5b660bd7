using JasperFx.Events.Daemon;
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
        var database = (MartenDatabase)store.Storage.Database;
        var mark = new ProvenMark(log, connections, new(store.Options), database.DatabaseUri, time);
        // The daemon takes it when it is made.
        store.Options.Projections.Wakeup = mark;
        return new Marten.Events.Daemon.ProjectionDaemon(store, database, logger, mark);
    }
}
