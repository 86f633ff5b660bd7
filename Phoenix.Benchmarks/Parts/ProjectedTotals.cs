using Npgsql;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>A table of <see cref="Domain.TallyTotals"/> and how far it is, by SQL.</summary>
internal sealed class ProjectedTotals(NpgsqlDataSource source, string name)
{
    /// <summary>The product's projection.</summary>
    public const string Phoenix = "tally_totals";

    /// <summary>The twin's, in the same database: they take turns.</summary>
    public const string Twin = "twin_totals";

    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(5);

    /// <summary>As before the first event. Nothing may run it meanwhile.</summary>
    public async Task ResetAsync()
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new($"truncate phoenix.{name}"));
        batch.BatchCommands.Add(new("delete from phoenix.mt_event_progression where name = $1") { Parameters = { new() { Value = Shard } } });
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>The last number of the log.</summary>
    public async Task<long> EndAsync() => (long)(await ScalarAsync("select coalesce(max(seq_id), 0) from phoenix.mt_events"))!;

    /// <summary>Waits until it is there; returns where it is then.</summary>
    public async Task<long> ReachAsync(long position)
    {
        using var rhythm = new PeriodicTimer(Rhythm);
        long found;
        while ((found = await PositionAsync()) < position) await rhythm.WaitForNextTickAsync();
        return found;
    }

    /// <summary>Holds the table against the log.</summary>
    public async Task CheckAsync()
    {
        var found = await ScalarAsync($"select coalesce(sum(total), 0)::bigint from phoenix.{name}");
        var expected = await ScalarAsync("select coalesce(sum((data ->> 'amount')::bigint), 0)::bigint from phoenix.mt_events");
        if (!Equals(found, expected)) throw new PartFailedException($"'{name}' adds up to {found:N0}, the log to {expected:N0}.");
    }

    private string Shard => $"{name}:All";

    private async Task<long> PositionAsync()
    {
        await using var command = source.CreateCommand("select last_seq_id from phoenix.mt_event_progression where name = $1");
        command.Parameters.Add(new() { Value = Shard });
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 300;
        return await command.ExecuteScalarAsync();
    }
}
