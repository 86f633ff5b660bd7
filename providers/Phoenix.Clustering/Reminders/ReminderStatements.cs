using Phoenix.Clustering.Schema;

namespace Phoenix.Clustering.Reminders;

/// <summary>Every statement of the reminder table; $1 is the service.</summary>
internal sealed class ReminderStatements(SchemaName schema)
{
    private const string Columns = "grain_id, name, start_at, period, etag";

    /// <summary>$2 grain.</summary>
    public string OfGrain { get; } = $"select {Columns} from {schema.Reminders} where service_id = $1 and grain_id = $2";

    /// <summary>$2 grain, $3 name.</summary>
    public string One { get; } = $"select {Columns} from {schema.Reminders} where service_id = $1 and grain_id = $2 and name = $3";

    /// <summary>$2 exclusive begin, $3 inclusive end.</summary>
    public string InRange { get; } = $"select {Columns} from {schema.Reminders} where service_id = $1 and grain_hash > $2 and grain_hash <= $3";

    /// <summary>A range that passes the end of the ring. $2 exclusive begin, $3 inclusive end.</summary>
    public string AroundTheEnd { get; } = $"select {Columns} from {schema.Reminders} where service_id = $1 and (grain_hash > $2 or grain_hash <= $3)";

    /// <summary>$2 grain, $3 name, $4 hash, $5 start, $6 period, $7 etag.</summary>
    public string Upsert { get; } = $"""
        insert into {schema.Reminders} (service_id, grain_id, name, grain_hash, start_at, period, etag) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (service_id, grain_id, name) do update set start_at = excluded.start_at, period = excluded.period, etag = excluded.etag
        """;

    /// <summary>$2 grain, $3 name, $4 etag.</summary>
    public string Remove { get; } = $"delete from {schema.Reminders} where service_id = $1 and grain_id = $2 and name = $3 and etag = $4";

    public string Clear { get; } = $"delete from {schema.Reminders} where service_id = $1";
}
