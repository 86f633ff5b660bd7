using Npgsql;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Parts;

/// <summary>One connection of the twin <c>raw</c>: a batch is three statements in one round trip and one transaction.</summary>
internal sealed class RawAppendWriter : IAsyncDisposable
{
    private const string MoveStreams = "update raw.streams s set version = t.version, timestamp = now() from unnest($1, $2) as t(id, version) where s.id = t.id";

    private const string InsertLedger = """
        insert into raw.ledger (command_id, stream, outcome, version_before, version_after, command, source, payload_hash)
        select t.id, t.stream, $5, t.version - 1, t.version, $6, $7, t.hash from unnest($1, $2, $3, $4) as t(id, stream, version, hash)
        """;

    private const string InsertEvents = """
        insert into raw.events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, causation_id, is_archived)
        select nextval('raw.events_sequence'), t.id, t.stream, t.version, t.data::jsonb, $6, now(), '*DEFAULT*', t.cause, false
        from unnest($1, $2, $3, $4, $5) as t(id, stream, version, data, cause)
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _statements;
    private readonly string[] _own;
    private readonly long[] _ownVersions;
    private readonly string[] _streams;
    private readonly long[] _versions;
    private readonly Guid[] _commands;
    private readonly string[] _causes;
    private readonly Guid[] _events;
    private readonly string[] _data;
    private readonly byte[][] _hashes;
    private int _next;

    private RawAppendWriter(NpgsqlConnection connection, string[] streams, int batch)
    {
        (_connection, _own, _ownVersions) = (connection, streams, new long[streams.Length]);
        (_streams, _versions, _commands, _causes, _events) = (new string[batch], new long[batch], new Guid[batch], new string[batch], new Guid[batch]);
        (_data, _hashes) = ([.. Enumerable.Repeat(AppendRow.Data, batch)], [.. Enumerable.Repeat(AppendRow.PayloadHash, batch)]);
        _statements = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Statement(MoveStreams, Array(_streams), Array(_versions)),
                Statement(InsertLedger, Array(_commands), Array(_streams), Array(_versions), Array(_hashes),
                    new NpgsqlParameter<short> { TypedValue = 1 }, new NpgsqlParameter<string> { TypedValue = AppendRow.Command }, new NpgsqlParameter<string> { TypedValue = AppendRow.Source }),
                Statement(InsertEvents, Array(_events), Array(_streams), Array(_versions), Array(_data), Array(_causes), new NpgsqlParameter<string> { TypedValue = Added.Name }),
            },
        };
    }

    public static async Task<RawAppendWriter> OpenAsync(NpgsqlDataSource source, string[] streams, int batch)
    {
        var connection = await source.OpenConnectionAsync();
        // The plan of the queue's own connections, for the same reason: the tables are empty when it is made.
        await using (var settings = new NpgsqlCommand("set enable_seqscan = off; set jit = off", connection)) await settings.ExecuteNonQueryAsync();
        var writer = new RawAppendWriter(connection, streams, batch);
        await writer._statements.PrepareAsync();
        return writer;
    }

    public async Task WriteAsync()
    {
        for (var i = 0; i < _streams.Length; i++)
        {
            _next = (_next + 1) % _own.Length;
            _streams[i] = _own[_next];
            _versions[i] = ++_ownVersions[_next];
            _commands[i] = Guid.CreateVersion7();
            _causes[i] = _commands[i].ToString();
            _events[i] = Guid.CreateVersion7();
        }

        await _statements.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _statements.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static NpgsqlBatchCommand Statement(string sql, params NpgsqlParameter[] parameters)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) statement.Parameters.Add(parameter);
        return statement;
    }

    private static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };
}
