using Npgsql;
using NpgsqlTypes;

namespace Phoenix.EventStore.Commits;

/// <summary>Spreads a batch over the arrays that <see cref="CommitStatements.Append"/> unnests.</summary>
internal static class CommitParameters
{
    private static readonly System.Text.UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static NpgsqlParameter StreamIds(IReadOnlyList<StreamCommit> batch) => Text(batch.Select(stream => stream.StreamId).ToArray());

    public static void AddAppend(NpgsqlParameterCollection parameters, IReadOnlyList<StreamCommit> batch, bool askLedger)
    {
        parameters.Add(StreamIds(batch));
        parameters.Add(BigInt(batch.Select(stream => stream.ExpectedVersion).ToArray()));
        parameters.Add(BigInt(batch.Select(stream => (long)stream.Events.Count).ToArray()));
        AddCommands(parameters, [.. batch.SelectMany(stream => stream.Commands, (stream, command) => (stream.StreamId, command))]);
        AddEvents(parameters, [.. batch.SelectMany(stream => stream.Events, (stream, @event) => (stream.StreamId, @event))]);
        parameters.Add(new NpgsqlParameter<bool> { TypedValue = askLedger });
    }

    private static void AddCommands(NpgsqlParameterCollection parameters, (string Stream, CommandRecord Row)[] commands)
    {
        // By the ledger's key: rejections of streams that do not exist have no other lock, and in the order of the queue two silos would
        // each wait for the other.
        Array.Sort(commands, static (one, other) => one.Row.Id.CompareTo(other.Row.Id) is not 0 and var order ? order : string.CompareOrdinal(one.Stream, other.Stream));
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Stream)));
        parameters.Add(Uuid(Array.ConvertAll(commands, command => command.Row.Id)));
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.OriginalId)));
        parameters.Add(new NpgsqlParameter<short[]> { TypedValue = Array.ConvertAll(commands, command => (short)command.Row.Outcome), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.Code)));
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.Message)));
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.Reply)));
        parameters.Add(BigInt(Array.ConvertAll(commands, command => command.Row.VersionBefore)));
        parameters.Add(BigInt(Array.ConvertAll(commands, command => command.Row.VersionAfter)));
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.Name)));
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.Principal)));
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.Source)));
        parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = Array.ConvertAll(commands, command => command.Row.PayloadHash), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        parameters.Add(Text(Array.ConvertAll(commands, command => command.Row.Payload)));
    }

    private static void AddEvents(NpgsqlParameterCollection parameters, (string Stream, EventRow Row)[] events)
    {
        parameters.Add(Text(Array.ConvertAll(events, @event => @event.Stream)));
        parameters.Add(BigInt(Array.ConvertAll(events, @event => @event.Row.Version)));
        parameters.Add(Uuid(Array.ConvertAll(events, @event => @event.Row.Id)));
        parameters.Add(Text(Array.ConvertAll(events, @event => @event.Row.Type)));
        parameters.Add(Text(Array.ConvertAll(events, @event => @event.Row.Data)));
        parameters.Add(Text(Array.ConvertAll(events, @event => @event.Row.CausationId)));
        parameters.Add(Text(Array.ConvertAll(events, @event => @event.Row.CorrelationId)));
        parameters.Add(Text(Array.ConvertAll(events, @event => @event.Row.Headers)));
        parameters.Add(Text(Array.ConvertAll(events, @event => @event.Row.UserName)));
    }

    internal static NpgsqlParameter<string?[]> Text(string?[] values)
    {
        var empty = true;
        foreach (var value in values)
        {
            if (value is null) continue;
            empty = false;
            // Half a surrogate pair is no UTF-8. Met while a batch is being written it leaves the connection with statements that it
            // wrongly takes for prepared.
            StrictUtf8.GetByteCount(value);
        }

        // Beside longer arrays unnest fills a shorter one up with nulls, and most columns that may be null are so in a whole batch.
        if (empty) values = [];
        return new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    }

    private static NpgsqlParameter<long[]> BigInt(long[] values) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private static NpgsqlParameter<Guid[]> Uuid(Guid[] values) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
}
