using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Hosting;
using Phoenix.Messages;

namespace Phoenix.Gateway.ReadModels;

/// <summary>Reads rows as JSON over connections that can do nothing else.</summary>
internal sealed class ReadModelSource(IOptions<PhoenixGatewayOptions> options) : IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _database = new(() => ReadOnlyDatabase.Open(options.Value));
    private readonly ConcurrentDictionary<ReadModel, ModelShape> _shapes = [];

    private readonly string _progressSql = $"""
        select (select last_seq_id from {Sql.Quoted(options.Value.Schema)}.mt_event_progression where name = $1),
            (select last_seq_id from {Sql.Quoted(options.Value.Schema)}.mt_event_progression where name = 'HighWaterMark')
        """;

    public async Task<string?> One(ReadModel model, string key, CancellationToken cancellation)
    {
        try
        {
            await using var command = _database.Value.CreateCommand(model.OneSql);
            command.Parameters.Add(Unknown(key));
            return (string?)await command.ExecuteScalarAsync(cancellation);
        }
        catch (PostgresException error) when (IsNoValue(error))
        {
            return null;
        }
        catch (Exception error) when (error is NpgsqlException or SocketException)
        {
            throw Unreadable(model, error);
        }
    }

    /// <summary>One value about the log.</summary>
    public async Task<object?> AskAsync(ReadModel model, string sql, NpgsqlParameter[] parameters, CancellationToken cancellation)
    {
        try
        {
            await using var command = _database.Value.CreateCommand(sql);
            command.Parameters.AddRange(parameters);
            return await command.ExecuteScalarAsync(cancellation);
        }
        catch (Exception error) when (error is NpgsqlException or SocketException)
        {
            throw Unreadable(model, error);
        }
    }

    /// <summary>The columns of a relation. They are read once, when the relation is there.</summary>
    public async Task<ModelShape> ShapeAsync(ReadModel model, CancellationToken cancellation)
    {
        if (_shapes.TryGetValue(model, out var known)) return known;
        try
        {
            var shape = await ModelShapeReader.ReadAsync(_database.Value, model, cancellation);
            return shape.Exists ? _shapes.GetOrAdd(model, shape) : shape;
        }
        catch (Exception error) when (error is NpgsqlException or SocketException)
        {
            throw Unreadable(model, error);
        }
    }

    public async Task<ListPage> ListAsync(ReadModel model, ListRequest request, CancellationToken cancellation)
    {
        try
        {
            await using var batch = BatchOf(model, request);
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            await reader.NextResultAsync(cancellation);
            var (position, behind) = model.Progress is null ? default : await ProgressAsync(reader, cancellation);
            var (rows, places) = (new List<string>(), new List<string?[]>());
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add(reader.GetString(0));
                places.Add([.. request.Sort.Columns.Select((_, at) => reader.IsDBNull(at + 1) ? null : reader.GetString(at + 1))]);
            }

            return rows.Count <= request.Limit ? new(rows, null, position, behind)
                : new(rows[..request.Limit], places[request.Limit - 1], position, behind);
        }
        catch (PostgresException error) when (IsNoValue(error))
        {
            throw new BadRequestException("PostgreSQL does not take a value of the filters. Send one that its column could hold.");
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw new UnavailableException(
                $"The read model '{model.Name}' was not read within {model.TimeLimit}. Filter and sort by columns that have an index, or "
                + "ask for fewer rows.", error);
        }
        catch (Exception error) when (error is NpgsqlException or SocketException)
        {
            // The relation may be another one by now.
            _shapes.TryRemove(model, out _);
            throw Unreadable(model, error);
        }
    }

    public ValueTask DisposeAsync() => _database.IsValueCreated ? _database.Value.DisposeAsync() : ValueTask.CompletedTask;

    // One round trip, and one transaction, for which the time limit is set. Progress is read first: the rows are at least as new.
    private NpgsqlBatch BatchOf(ReadModel model, ListRequest request)
    {
        var batch = _database.Value.CreateBatch();
        batch.BatchCommands.Add(new("select set_config('statement_timeout', $1, true)")
        {
            Parameters = { new() { Value = $"{(int)model.TimeLimit.TotalMilliseconds}" } },
        });
        if (model.Progress is { } progress) batch.BatchCommands.Add(new(_progressSql) { Parameters = { new() { Value = progress } } });
        var statement = new ListStatement(model, request);
        var command = new NpgsqlBatchCommand(statement.Text);
        foreach (var value in statement.Values) command.Parameters.Add(Unknown(value));
        batch.BatchCommands.Add(command);
        return batch;
    }

    private static async Task<(long? Position, long? Behind)> ProgressAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        await reader.ReadAsync(cancellation);
        long? position = reader.IsDBNull(0) ? null : reader.GetInt64(0);
        long? behind = position is null || reader.IsDBNull(1) ? null : Math.Max(0, reader.GetInt64(1) - position.Value);
        await reader.NextResultAsync(cancellation);
        return (position, behind);
    }

    // Of unknown type, so that PostgreSQL reads it as the column's: a cast of the column would hide its index.
    private static NpgsqlParameter Unknown(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown };

    private static bool IsNoValue(PostgresException error) => error.SqlState
        is PostgresErrorCodes.InvalidTextRepresentation or PostgresErrorCodes.NumericValueOutOfRange
        or PostgresErrorCodes.InvalidDatetimeFormat or PostgresErrorCodes.DatetimeFieldOverflow;

    private static UnavailableException Unreadable(ReadModel model, Exception error) => new(
        $"The read model '{model.Name}' cannot be read now. If it never could, check its relation and the database of "
        + "Phoenix:ConnectionString; the gateway's log has the cause.", error);
}
