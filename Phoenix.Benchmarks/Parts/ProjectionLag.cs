using Npgsql;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// How old events are when a reader finds them in the read model, by the database's clock. Its progress moves in the transaction of the
/// rows, so looking at it tells from when on the rows can be seen; what the looking is late by, some milliseconds, counts too.
/// </summary>
internal sealed class ProjectionLag(NpgsqlDataSource source)
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(4);
    private readonly List<(long Position, DateTime At)> _seen = [];

    /// <summary>Looks until the work is done, and then until all of it is in the read model.</summary>
    public async Task<T> WatchAsync<T>(Task<T> work, ProjectedTotals totals)
    {
        await LookAsync();
        using var rhythm = new PeriodicTimer(Rhythm);
        while (!work.IsCompleted)
        {
            await rhythm.WaitForNextTickAsync();
            await LookAsync();
        }

        for (var end = await totals.EndAsync(); _seen[^1].Position < end; await LookAsync()) await rhythm.WaitForNextTickAsync();
        return await work;
    }

    /// <summary>Of the events after the lead-in.</summary>
    public async Task<Latencies> LagsAsync()
    {
        await using var command = source.CreateCommand(
            "select seq_id, timestamp from phoenix.mt_events where seq_id > $1 and timestamp > $2 order by seq_id");
        command.Parameters.Add(new() { Value = _seen[0].Position });
        command.Parameters.Add(new() { Value = _seen[0].At + OpenLoop.LeadIn });
        var (lags, at) = (new Latencies(), 0);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var number = reader.GetInt64(0);
            while (_seen[at].Position < number) at++;
            lags.Record(_seen[at].At - reader.GetDateTime(1));
        }

        return lags;
    }

    private async Task LookAsync()
    {
        await using var command = source.CreateCommand(
            "select last_seq_id, clock_timestamp() from phoenix.mt_event_progression where name = $1");
        command.Parameters.Add(new() { Value = $"{ProjectedTotals.Phoenix}:All" });
        await using var reader = await command.ExecuteReaderAsync();
        if (await reader.ReadAsync()) _seen.Add((reader.GetInt64(0), reader.GetDateTime(1)));
        else throw new PartFailedException("The projection has not begun.");
    }
}
