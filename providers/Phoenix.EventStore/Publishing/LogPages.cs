using Npgsql;

namespace Phoenix.EventStore.Publishing;

/// <summary>
/// Reads pages of what is proven. The newest few are kept, so that those who read at the end of the log read each page once together.
/// </summary>
internal sealed class LogPages(NpgsqlDataSource connections, FenceStatements statements) : IDisposable
{
    private const int Events = 1000;
    private const int Kept = 8;
    private const long Bytes = 4 * 1024 * 1024;
    private readonly SemaphoreSlim _oneAtATime = new(1);

    // Guarded by the semaphore; replaced as a whole.
    private volatile LogPage[] _kept = [];

    /// <summary>The page after a position that is below the safe one.</summary>
    public async Task<LogPage> ReadAsync(long after, long safe, CancellationToken cancellation)
    {
        if (Find(after) is { } found) return found;
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            // Somebody else may have read it meanwhile.
            if (Find(after) is { } read) return read;
            var kept = _kept;
            var page = await QueryAsync(after, safe, cancellation);
            // Of those that went back to read the past nothing is kept.
            if (ReferenceEquals(kept, _kept) && (kept.Length == 0 || page.After >= kept[^1].End)) _kept = [.. kept.Skip(kept.Length - Kept + 1), page];
            return page;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets what was read: the database is another one.</summary>
    public void Forget() => _kept = [];

    public void Dispose() => _oneAtATime.Dispose();

    private LogPage? Find(long after) =>
        Array.Find(_kept, page => page.After <= after && after < page.End) is { } page
            ? page.After == after ? page : new(after, page.End, [.. page.Events.Where(one => one.Sequence > after)])
            : null;

    private async Task<LogPage> QueryAsync(long after, long safe, CancellationToken cancellation)
    {
        await using var command = connections.CreateCommand(statements.Page);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = safe });
        command.Parameters.Add(new() { Value = (long)Events });
        var (events, bytes) = (new List<LoggedEvent>(), 0L);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (bytes < Bytes && events.Count < Events && await reader.ReadAsync(cancellation))
        {
            var one = Read(reader);
            bytes += one.Json.Length;
            events.Add(one);
        }

        var isWhole = bytes < Bytes && events.Count < Events;
        return new(after, isWhole ? safe : events[^1].Sequence, events);
    }

    public static LoggedEvent Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetFieldValue<byte[]>(5),
        reader.GetFieldValue<DateTimeOffset>(6), Text(reader, 7), Text(reader, 8), Text(reader, 9), Text(reader, 10));

    private static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);
}
