using Marten;

namespace Phoenix.EventStore.Schema;

/// <summary>Quoted, schema-qualified names of everything the statements touch.</summary>
internal sealed class TableNames(IReadOnlyStoreOptions options)
{
    /// <summary>Marten's name of the key that holds each event's number in the sequence.</summary>
    public const string EventKey = "pkey_mt_events_seq_id";

    /// <summary>The schema of the log.</summary>
    public string Schema => _schema;

    public string Publications => $"{_schema}.{PublicationSchema.PublicationTable}";
    public string ProjectionVersions => $"{_schema}.{ProjectionSchema.VersionTable}";
    public string ProjectionSilos => $"{_schema}.{ProjectionSchema.SiloTable}";
    public string ParkedStreams => $"{_schema}.{PublicationSchema.ParkedTable}";

    public string Letters => $"{_schema}.{LetterSchema.LetterTable}";
    public string LetterPositions => $"{_schema}.{LetterSchema.PositionTable}";
    public string LetterReplays => $"{_schema}.{LetterSchema.ReplayTable}";
    public string LetterAudit => $"{_schema}.{LetterSchema.AuditTable}";

    private readonly string _schema = Quote(options.Events.DatabaseSchemaName);

    public string Streams => $"{_schema}.mt_streams";
    public string Events => $"{_schema}.mt_events";
    public string EventSequence => $"{_schema}.mt_events_sequence";
    public string Ledger => $"{_schema}.{EventStoreSchema.LedgerTable}";
    public string LedgerTrims => $"{_schema}.{EventStoreSchema.LedgerTrimTable}";
    public string Snapshots => $"{_schema}.{EventStoreSchema.SnapshotTable}";
    public string Due => $"{_schema}.{EventStoreSchema.DueTable}";
    public string TopicStarts => $"{_schema}.{EventStoreSchema.TopicStartTable}";

    public string Switches => $"{_schema}.{EventStoreSchema.SwitchTable}";
    public string Tags => $"{_schema}.{EventStoreSchema.TagTable}";
    public string Leases => $"{_schema}.{EventStoreSchema.LeaseTable}";

    public string SchemaVersions => $"{_schema}.{EventStoreSchema.VersionTable}";
    public string Progression => $"{_schema}.mt_event_progression";

    /// <summary>The name as PostgreSQL takes it literally.</summary>
    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
