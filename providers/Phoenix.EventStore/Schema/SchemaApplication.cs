using Marten;
using Npgsql;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Applies Marten's configured schema before the silo serves anything. Silos that start together wait for each other; Marten's own start-up lock gives up
/// after half a second.
/// </summary>
internal sealed class SchemaApplication(IDocumentStore store, EventStoreConnections connections, EventStoreOptions options) : ILifecycleParticipant<ISiloLifecycle>
{
    private const long LockKey = 0x50484F454E4958; // "PHOENIX"

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SchemaApplication), ServiceLifecycleStage.RuntimeInitialize, ApplyAsync);

    private async Task ApplyAsync(CancellationToken cancellation)
    {
        if (!options.ApplySchema) return;
        await using var connection = await connections.Reads.OpenConnectionAsync(cancellation);
        await using (var locking = new NpgsqlCommand("select pg_advisory_lock($1)", connection) { CommandTimeout = 0, Parameters = { new() { Value = LockKey } } })
            await locking.ExecuteNonQueryAsync(cancellation);
        try
        {
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        }
        finally
        {
            await using var unlocking = new NpgsqlCommand("select pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = LockKey } } };
            await unlocking.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}
