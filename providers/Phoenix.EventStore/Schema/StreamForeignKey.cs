using Marten;
using Weasel.Core.Migrations;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>
/// Marten's foreign key from events to streams asks once more, for each event, for the stream whose row the append has just locked and
/// moved: a fifth of PostgreSQL's work (decision 0009). Marten itself leaves it out where tenants have partitions of their own, for other
/// reasons.
/// </summary>
internal static class StreamForeignKey
{
    /// <summary>
    /// Takes the key out of what the store expects of its database, so that no migration makes it. One that is there stays, as everything
    /// does. A store builds its event tables' definitions once (Marten issue 4304) and compares the database with them ever after.
    /// </summary>
    public static TStore LeaveOut<TStore>(TStore store) where TStore : IDocumentStore
    {
        var events = ((IFeatureSchema)store.Options.Events).Objects.OfType<Table>().Single(table => table.Identifier.Name == "mt_events");
        foreach (var key in events.ForeignKeys.Where(key => key.LinkedTable?.Name == "mt_streams").ToList()) events.ForeignKeys.Remove(key);
        return store;
    }
}
