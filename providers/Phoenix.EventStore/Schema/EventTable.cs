using Marten;
using Weasel.Core.Migrations;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>Where the event table is not as Marten makes it.</summary>
internal static class EventTable
{
    /// <summary>The index by which ended transactions are listed; it has an entry for each and for nothing else.</summary>
    public const string EndedIndex = "phoenix_ended";

    /// <summary>The type of the event that ends a transaction.</summary>
    public const string EndType = "phoenix.transaction-ended";

    /// <summary>
    /// Shapes what the store expects of its database. A store builds its event tables' definitions once (Marten issue 4304) and compares
    /// the database with them ever after.
    /// </summary>
    public static TStore Shape<TStore>(TStore store) where TStore : IDocumentStore
    {
        var events = ((IFeatureSchema)store.Options.Events).Objects.OfType<Table>().Single(table => table.Identifier.Name == "mt_events");
        // Marten's foreign key from events to streams asks once more, for each event, for the stream whose row the append has just locked
        // and moved: a fifth of PostgreSQL's work (decision 0009). Marten itself leaves it out where tenants have partitions of their own,
        // for other reasons. One that is there stays, as everything does.
        foreach (var key in events.ForeignKeys.Where(key => key.LinkedTable?.Name == "mt_streams").ToList()) events.ForeignKeys.Remove(key);
        events.Indexes.Add(new IndexDefinition(EndedIndex)
        {
            // The last only filters: those that were not completed are few, and all entries are small.
            Columns = ["timestamp", "stream_id", "(data ->> 'completed')"], Predicate = $"type = '{EndType}'",
        });
        return store;
    }
}
