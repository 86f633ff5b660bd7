using Npgsql;
using NpgsqlTypes;
using Phoenix.EventStore.Due;

namespace Phoenix.EventStore.Commits;

/// <summary>Spreads the due rows of a batch over the arrays that <see cref="DueStatements"/> unnests.</summary>
internal static class DueParameters
{
    public static void AddChanges(NpgsqlParameterCollection parameters, IReadOnlyList<StreamCommit> batch)
    {
        (string Owner, string Name, DueChange Change)[] all =
            [.. batch.Where(stream => stream.Due is not null).SelectMany(stream => stream.Due!.ByName, (stream, change) => (stream.StreamId, change.Key, change.Value))];
        parameters.Add(CommitParameters.Text(Array.ConvertAll(all, one => one.Owner)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(all, one => one.Name)));
        parameters.Add(Values(Array.ConvertAll(all, one => (short)one.Change.End), NpgsqlDbType.Smallint));
        parameters.Add(Values(Array.ConvertAll(all, one => one.Change.Expected?.Generation), NpgsqlDbType.Uuid));
        parameters.Add(Values(Array.ConvertAll(all, one => one.Change.Expected?.Occurrence), NpgsqlDbType.Bigint));
        var rows = Array.ConvertAll(all, one => one.Change.Row);
        parameters.Add(Values(Array.ConvertAll(rows, row => row?.Generation), NpgsqlDbType.Uuid));
        parameters.Add(Values(Array.ConvertAll(rows, row => (short?)row?.Kind), NpgsqlDbType.Smallint));
        parameters.Add(Values(Array.ConvertAll(rows, row => row?.Delay), NpgsqlDbType.Interval));
        parameters.Add(Values(Array.ConvertAll(rows, row => row?.At?.UtcDateTime), NpgsqlDbType.TimestampTz));
        parameters.Add(Values(Array.ConvertAll(rows, row => row?.Period), NpgsqlDbType.Interval));
        parameters.Add(Values(Array.ConvertAll(rows, row => row?.Grace), NpgsqlDbType.Interval));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(rows, row => row?.Target)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(rows, row => row?.Command)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(rows, row => row?.Payload)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(rows, row => row?.CorrelationId)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(rows, row => row?.IfRejected?.Command)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(rows, row => row?.IfRejected?.Payload)));
    }

    /// <summary>The rows that the batch delivers, by owner and name.</summary>
    public static void AddExpected(NpgsqlParameterCollection parameters, IReadOnlyList<StreamCommit> batch)
    {
        (string Owner, string Name)[] expected = [.. batch.Where(stream => stream.Due is not null).SelectMany(
            stream => stream.Due!.ByName.Where(change => change.Value.Expected is not null), (stream, change) => (stream.StreamId, change.Key))];
        parameters.Add(CommitParameters.Text(Array.ConvertAll(expected, one => one.Owner)));
        parameters.Add(CommitParameters.Text(Array.ConvertAll(expected, one => one.Name)));
    }

    private static NpgsqlParameter<T[]> Values<T>(T[] values, NpgsqlDbType type) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
