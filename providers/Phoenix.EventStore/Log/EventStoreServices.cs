using Marten;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Reading;
using Phoenix.EventStore.Snapshots;

namespace Phoenix.EventStore.Log;

/// <summary>What every log of a silo shares.</summary>
internal sealed class EventStoreServices(
    IDocumentStore store, CommitQueue commits, StreamLoader loader, StreamQueries queries, EventTypes types, SnapshotWriter snapshots, DueQueue due, EventStoreOptions options)
{
    public CommitQueue Commits { get; } = commits;
    public StreamLoader Loader { get; } = loader;
    public StreamQueries Queries { get; } = queries;
    public EventTypes Types { get; } = types;
    public SnapshotWriter Snapshots { get; } = snapshots;
    public DueQueue Due { get; } = due;
    public EventStoreOptions Options { get; } = options;
    public ISerializer Serializer { get; } = ((DocumentStore)store).Serializer;
}
