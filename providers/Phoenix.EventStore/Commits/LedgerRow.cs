using Npgsql;

namespace Phoenix.EventStore.Commits;

/// <summary>Reads a ledger row whose first column, the command id, stands at some ordinal.</summary>
internal static class LedgerRow
{
    public const string Columns =
        "command_id, original_id, outcome, code, message, reply, version_before, version_after, command, principal, source, payload_hash, payload, recorded_at";

    public static CommandRecord Read(NpgsqlDataReader reader, int at) => new()
    {
        Id = reader.GetGuid(at),
        OriginalId = Text(reader, at + 1),
        Outcome = (RecordedOutcome)reader.GetInt16(at + 2),
        Code = Text(reader, at + 3),
        Message = Text(reader, at + 4),
        Reply = Text(reader, at + 5),
        VersionBefore = reader.GetInt64(at + 6),
        VersionAfter = reader.GetInt64(at + 7),
        Name = reader.GetString(at + 8),
        Principal = Text(reader, at + 9),
        Source = Text(reader, at + 10),
        PayloadHash = reader.GetFieldValue<byte[]>(at + 11),
        Payload = Text(reader, at + 12),
        RecordedAt = reader.GetFieldValue<DateTimeOffset>(at + 13),
    };

    private static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);
}
