using Microsoft.Extensions.Logging;
using Npgsql;

namespace Phoenix.EventStore.Publishing;

/// <summary>Learns who holds the log up, when it takes longer than an append does.</summary>
internal sealed partial class HoldUpWatch(NpgsqlDataSource connections, FenceStatements statements, TimeProvider time, ILogger<LogFollower> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private LockedAppend? _holder;
    private long _since;
    private long _asked;

    /// <summary>The transaction that has held the log up for more than a second, or null.</summary>
    public HeldUp? HeldUp { get; private set; }

    /// <summary>Takes in whom the log waits for now, and asks who that is, at most once a second.</summary>
    public async Task LookAsync(LockedAppend? holder, CancellationToken cancellation)
    {
        if (holder != _holder) (_holder, _since, _asked, HeldUp) = (holder, time.GetTimestamp(), 0, null);
        if (holder is not { } one || time.GetElapsedTime(_since) < Patience || (_asked != 0 && time.GetElapsedTime(_asked) < Patience)) return;
        var isNew = _asked == 0;
        _asked = time.GetTimestamp();
        HeldUp = await DescribeAsync(one, cancellation);
        if (isNew) LogHeldUp(HeldUp);
    }

    private async Task<HeldUp> DescribeAsync(LockedAppend holder, CancellationToken cancellation)
    {
        if (holder.Pid is not { } pid) return new(null, "", "", time.GetElapsedTime(_since));
        await using var command = connections.CreateCommand(statements.Session);
        command.Parameters.Add(new() { Value = pid });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new(pid, reader.GetString(0), reader.GetString(1), TimeSpan.FromSeconds(reader.GetDouble(2)))
            : new(pid, "", "", time.GetElapsedTime(_since));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events after it wait to be published: {HeldUp}.")]
    private partial void LogHeldUp(HeldUp heldUp);
}
