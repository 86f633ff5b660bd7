using Npgsql;
using NpgsqlTypes;

namespace Phoenix.EventStore;

/// <summary>The columns of a letter, in the order in which they are written and read.</summary>
internal static class LetterColumns
{
    /// <summary>Behind topic and life.</summary>
    public const string Written =
        "partition, position, kind, name, letter_id, origin_topic, origin_partition, origin_position, target, reason, message, key_text, "
        + "key, headers, body, body_bytes, whole, dead_since";

    public const string All = $"topic, life, {Written}, state";

    public static void AddWritten(NpgsqlCommand command, IReadOnlyList<Letter> letters)
    {
        Add(command, letters, letter => letter.Place.Partition, NpgsqlDbType.Integer);
        Add(command, letters, letter => letter.Place.Position, NpgsqlDbType.Bigint);
        Add(command, letters, letter => (short)letter.Kind, NpgsqlDbType.Smallint);
        Add(command, letters, letter => letter.Name, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.LetterId, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.OriginTopic, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.OriginPartition, NpgsqlDbType.Integer);
        Add(command, letters, letter => letter.OriginPosition, NpgsqlDbType.Bigint);
        Add(command, letters, letter => letter.Target, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.Reason, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.Message, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.KeyText, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.Key, NpgsqlDbType.Bytea);
        Add(command, letters, letter => letter.Headers, NpgsqlDbType.Text);
        Add(command, letters, letter => letter.Body, NpgsqlDbType.Bytea);
        Add(command, letters, letter => letter.BodyBytes, NpgsqlDbType.Integer);
        Add(command, letters, letter => letter.Whole, NpgsqlDbType.Boolean);
        Add(command, letters, letter => letter.DeadSince.UtcDateTime, NpgsqlDbType.TimestampTz);
    }

    public static Letter Read(NpgsqlDataReader reader) => new()
    {
        Place = new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3)),
        Kind = (LetterKind)reader.GetInt16(4),
        Name = reader.GetString(5),
        LetterId = reader.GetString(6),
        OriginTopic = reader.GetString(7),
        OriginPartition = reader.GetInt32(8),
        OriginPosition = reader.GetInt64(9),
        Target = reader.IsDBNull(10) ? null : reader.GetString(10),
        Reason = reader.GetString(11),
        Message = reader.GetString(12),
        KeyText = reader.GetString(13),
        Key = reader.IsDBNull(14) ? null : reader.GetFieldValue<byte[]>(14),
        Headers = reader.GetString(15),
        Body = reader.IsDBNull(16) ? null : reader.GetFieldValue<byte[]>(16),
        BodyBytes = reader.IsDBNull(17) ? null : reader.GetInt32(17),
        Whole = reader.GetBoolean(18),
        DeadSince = reader.GetFieldValue<DateTimeOffset>(19),
        State = (LetterState)reader.GetInt16(20),
    };

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<Letter> letters, Func<Letter, T> of, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. letters.Select(of)], NpgsqlDbType = NpgsqlDbType.Array | type });
}
