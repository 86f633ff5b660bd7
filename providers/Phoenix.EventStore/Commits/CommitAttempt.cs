using Npgsql;

namespace Phoenix.EventStore.Commits;

/// <summary>Sends a batch once: one connection, one round trip, one transaction.</summary>
internal sealed class CommitAttempt(NpgsqlDataSource connections, CommitStatements statements, TimeSpan timeLimit)
{
    /// <summary>The result of each stream, in the batch's order.</summary>
    /// <param name="batch">What to commit.</param>
    /// <param name="lockFirst">Whether the streams are locked before they are looked at. Without, a stream that someone else moves just
    /// then is lost with what was found before.</param>
    /// <param name="askLedger">
    /// Whether the ledger is asked for the commands. Without, a lost stream is not told which of its commands are known, and a known one in
    /// a stream that would pass is <see cref="AttemptFailure.Raced"/> for the whole batch.
    /// </param>
    /// <param name="lockWait">How long each lock is waited for; null for as long as the session says.</param>
    /// <exception cref="AttemptFailedException">What happened, and whether the transaction may have committed all the same.</exception>
    public async Task<StreamResult[]> SendAsync(IReadOnlyList<StreamCommit> batch, bool lockFirst, bool askLedger, TimeSpan? lockWait = null)
    {
        NpgsqlConnection connection;
        try
        {
            connection = await connections.OpenConnectionAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new AttemptFailedException(AttemptFailure.NothingSent, exception);
        }

        await using (connection)
        {
            try
            {
                var locking = lockFirst || batch.Any(stream => stream.Events.Count == 0 || stream.TakesDue || stream.TakesTags);
                return await ExecuteAsync(connection, batch, locking, askLedger, lockWait);
            }
            catch (PostgresException exception)
            {
                // A connection whose prepared statements are not the server's fails every attempt until it is replaced.
                if (exception.SqlState == PostgresErrorCodes.InvalidSqlStatementName) connections.Clear();
                throw new AttemptFailedException(AttemptFailedException.Classify(exception), exception);
            }
            catch (System.Text.EncoderFallbackException exception)
            {
                // Met while the parameters were being made: nothing was sent.
                throw new AttemptFailedException(AttemptFailure.Refused, exception);
            }
            catch (Exception exception) when (exception is not AttemptFailedException)
            {
                throw new AttemptFailedException(AttemptFailure.EndUnknown, exception);
            }
        }
    }

    private async Task<StreamResult[]> ExecuteAsync(
        NpgsqlConnection connection, IReadOnlyList<StreamCommit> batch, bool lockFirst, bool askLedger, TimeSpan? lockWait)
    {
        // Without an explicit transaction, Npgsql sends all statements and one Sync: PostgreSQL runs them as one transaction and commits at
        // the Sync.
        await using var commands = new NpgsqlBatch(connection) { Timeout = (int)Math.Ceiling(timeLimit.TotalSeconds) };
        if (lockWait is { } wait)
        {
            var waiting = new NpgsqlBatchCommand(CommitStatements.LockWait);
            waiting.Parameters.Add(new() { Value = wait.TotalMilliseconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture) });
            commands.BatchCommands.Add(waiting);
        }

        if (lockFirst)
        {
            var locking = new NpgsqlBatchCommand(statements.Lock);
            locking.Parameters.Add(CommitParameters.StreamIds(batch));
            commands.BatchCommands.Add(locking);
        }

        if (batch.Any(stream => stream.ExpectsDue))
        {
            var locking = new NpgsqlBatchCommand(statements.LockDue);
            DueParameters.AddExpected(locking.Parameters, batch);
            commands.BatchCommands.Add(locking);
        }

        var withTags = batch.Any(stream => stream.HasTags);
        var withDue = withTags || batch.Any(stream => stream.HasDue);
        var append = new NpgsqlBatchCommand(
            withTags ? statements.AppendWithTags : withDue ? statements.AppendWithDue : statements.Append);
        CommitParameters.AddAppend(append.Parameters, batch, askLedger);
        if (withDue) DueParameters.AddChanges(append.Parameters, batch);
        if (withTags) TagParameters.AddChanges(append.Parameters, batch);
        commands.BatchCommands.Add(append);

        await PrepareAsync(commands);
        await using var reader = await commands.ExecuteReaderAsync();
        for (var before = commands.BatchCommands.Count - 1; before > 0; before--) await reader.NextResultAsync();
        var results = await ReadAsync(reader, batch);
        // Only the end of the last result says that the transaction committed: an error of the commit itself arrives here.
        while (await reader.NextResultAsync()) { }
        return results;
    }

    /// <summary>A round trip at a connection's first batch, none later.</summary>
    private static async Task PrepareAsync(NpgsqlBatch commands)
    {
        try
        {
            await commands.PrepareAsync();
        }
        catch (Exception exception) when (exception is not PostgresException)
        {
            throw new AttemptFailedException(AttemptFailure.NothingSent, exception);
        }
    }

    private static async Task<StreamResult[]> ReadAsync(NpgsqlDataReader reader, IReadOnlyList<StreamCommit> batch)
    {
        var passed = 0L;
        Dictionary<string, StreamResult> lost = new(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            passed = reader.GetInt64(0);
            if (reader.IsDBNull(1)) continue;
            var stream = reader.GetString(1);
            if (!lost.TryGetValue(stream, out var result)) lost[stream] = result = new StreamResult(Committed: false, reader.GetInt64(2), new List<CommandRecord>());
            if (!reader.IsDBNull(3)) ((List<CommandRecord>)result.Known).Add(LedgerRow.Read(reader, 3));
        }

        // Silence is not taken for success: every stream is in one of the two counts.
        if (passed + lost.Count != batch.Count) throw new InvalidDataException($"Of {batch.Count} stream(s) the append says that {passed} passed and {lost.Count} did not.");
        return [.. batch.Select(commit => lost.GetValueOrDefault(commit.StreamId) ?? new StreamResult(Committed: true, commit.ExpectedVersion, []))];
    }
}
