using JasperFx;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.EventStore;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Publishing;
using Phoenix.EventStore.Reading;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;

namespace Phoenix.Tests.Log;

/// <summary>The event stored by tests that use the log without a silo.</summary>
public sealed record Noted(int Number);

/// <summary>The log of one silo without the silo: several on one database are several silos to it.</summary>
internal sealed class EventLog : IAsyncDisposable
{
    public EventLog(string database, Action<EventStoreOptions>? configure = null, Action<StoreOptions>? marten = null, TimeProvider? time = null)
    {
        Database = database;
        Store = EventTable.Shape(DocumentStore.For(store =>
        {
            Configure(store, database);
            marten?.Invoke(store);
        }));
        Options = new EventStoreOptions { ConnectionString = database };
        configure?.Invoke(Options);
        Connections = new EventStoreConnections(Options);
        var names = new TableNames(Store.Options);
        Types = new EventTypes(Store);
        Queries = new StreamQueries(Connections, names, Options);
        Loader = new StreamLoader(Connections, names, Types, Store, NullLogger<StreamLoader>.Instance);
        Due = new DueQueue(Connections, names);
        Leases = new LeaseTable(Connections, names);
        Queue = new CommitQueue(Connections, names, Options, Watch, time ?? TimeProvider.System, NullLogger<CommitQueue>.Instance);
        Follower = new LogFollower(Connections, names, Queue, time ?? TimeProvider.System, NullLogger<LogFollower>.Instance);
    }

    public string Database { get; }
    public EventStoreConnections Connections { get; }
    public StorageWatch Watch { get; } = new(TimeProvider.System);
    public DocumentStore Store { get; }
    public EventStoreOptions Options { get; }
    public EventTypes Types { get; }
    public StreamQueries Queries { get; }
    public StreamLoader Loader { get; }
    public DueQueue Due { get; }
    public LeaseTable Leases { get; }
    public CommitQueue Queue { get; }
    public LogFollower Follower { get; }

    public static Task<string> NewDatabaseAsync(SharedPostgres postgres) => postgres.NewDatabaseAsync("log", async database =>
    {
        await using var log = new EventLog(database);
        await log.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
    });

    public static void Configure(StoreOptions store, string database)
    {
        store.Connection(database);
        store.DatabaseSchemaName = "phoenix";
        store.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;
        store.UseSystemTextJsonForSerialization(new System.Text.Json.JsonSerializerOptions(PhoenixJson.State), Weasel.Core.EnumStorage.AsString, Weasel.Core.Casing.CamelCase);
        MartenEventStoreExtensions.UseEventStore(store);
        store.Events.MapEventType<Noted>("tests.noted");
    }

    public Task<StreamResult> CommitAsync(StreamCommit commit) => Queue.CommitAsync(commit);

    public Task<List<Noted>> ReadAsync(string stream) => ReadAsync(stream, Loader);

    /// <summary>One value, read directly, past any proxy.</summary>
    public static async Task<T> ScalarAsync<T>(string database, string sql) => (T)(await Sql.ScalarAsync(database, sql))!;

    /// <summary>
    /// Every promise that holds whatever happened: versions without gaps, the ledger and the events telling the same story, nothing stored
    /// twice.
    /// </summary>
    public static async Task<long> InconsistenciesAsync(string database) => await ScalarAsync<long>(database, """
        select count(*) from (
            select s.id from phoenix.mt_streams s
            where s.version <> (select count(*) from phoenix.mt_events e where e.stream_id = s.id)
                or s.version <> (select max(version) from phoenix.mt_events e where e.stream_id = s.id)
                or s.version <> (select coalesce(sum(version_after - version_before), 0) from phoenix.phoenix_ledger l where l.stream = s.id)
            union all
            select e.stream_id from phoenix.mt_events e where not exists (select 1 from phoenix.mt_streams s where s.id = e.stream_id)
            union all
            select e.stream_id from phoenix.mt_events e
            where not exists (select 1 from phoenix.phoenix_ledger l where l.stream = e.stream_id and l.outcome = 1
                and e.version > l.version_before and e.version <= l.version_after
                and (e.causation_id is null or e.causation_id = coalesce(l.original_id, l.command_id::text)))
            union all
            select e.stream_id from phoenix.mt_events e join phoenix.mt_events f on f.stream_id = e.stream_id and f.version > e.version and f.seq_id < e.seq_id
            union all
            select l.stream from phoenix.phoenix_ledger l where l.outcome = 2 and l.version_before <> l.version_after
        ) wrong
        """);

    public async ValueTask DisposeAsync()
    {
        await Follower.DisposeAsync();
        await Queue.DisposeAsync();
        await Connections.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static async Task<List<Noted>> ReadAsync(string stream, StreamLoader loader) =>
        (await loader.LatestAsync(stream, null, () => new List<Noted>(), (list, noted) => list.Add((Noted)noted))).View;
}
