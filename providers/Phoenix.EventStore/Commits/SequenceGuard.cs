using Microsoft.Extensions.Logging;
using Npgsql;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore.Commits;

/// <summary>
/// Knows whether the events' sequence is behind its table, as it is after a restore of a part. Then nothing is sent any more: each attempt
/// would burn a number, and one that falls into a hole would store events that no projection sees, because it has passed there. It goes on
/// by itself when an operator has set the sequence.
/// </summary>
internal sealed partial class SequenceGuard(NpgsqlDataSource connections, TableNames names, StorageWatch watch, ILogger<CommitQueue> logger)
{
    /// <summary>What is wrong, for everybody.</summary>
    public const string Complaint =
        "The events' sequence is behind the events that are stored, as after a restore; nothing is committed until an operator sets it. The log says how.";

    private readonly string _isBehind = $"""
        select (select last_value - (not is_called)::int from {names.EventSequence}) < coalesce((select max(seq_id) from {names.Events}), 0)
        """;

    private volatile bool _behind;

    public bool IsBehind => _behind;

    public void FoundBehind()
    {
        if (!_behind) LogBehind(names.EventSequence, names.Events);
        _behind = true;
        watch.Stopped(Complaint);
    }

    /// <summary>Looks whether it still is.</summary>
    /// <exception cref="AttemptFailedException">It is, or storage could not be asked; nothing was sent.</exception>
    public async Task CheckAsync()
    {
        bool behind;
        try
        {
            await using var command = connections.CreateCommand(_isBehind);
            behind = await command.ExecuteScalarAsync() is true;
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            throw new AttemptFailedException(AttemptFailure.NothingSent, exception);
        }

        if (behind) throw new AttemptFailedException(AttemptFailure.Misnumbered, new InvalidOperationException(Complaint));
        _behind = false;
        watch.Resumed();
        LogMended(names.EventSequence);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The sequence {Sequence} is behind {Events}, as after a restore. Nothing is committed until it is set: "
        + "select setval('{Sequence}', (select max(seq_id) from {Events})); Then compare the read models with the log: events may have been stored under numbers that projections had passed.")]
    private partial void LogBehind(string sequence, string events);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sequence {Sequence} is no longer behind; commits go on.")]
    private partial void LogMended(string sequence);
}
