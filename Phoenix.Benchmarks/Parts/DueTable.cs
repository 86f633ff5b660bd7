using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.EventStore;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The product's due rows, seen and filled by SQL.</summary>
internal sealed class DueTable(NpgsqlDataSource source) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Waits until no row is due any more, and says how long that took.</summary>
    public async Task<TimeSpan> EmptyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await IsFilledAsync())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new PartFailedException("Rows are still due after five minutes.");
            await rhythm.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Sets so many timers, spread over the aggregates, and returns the ids of the commands that they become.</summary>
    /// <param name="run">Tells these timers from others.</param>
    /// <param name="count">How many.</param>
    /// <param name="ids">The aggregates.</param>
    /// <param name="first">When the first is due, from now.</param>
    /// <param name="over">From the first to the last.</param>
    public async Task<Guid[]> FillAsync(int run, int count, string[] ids, TimeSpan first, TimeSpan over)
    {
        var rows = Enumerable.Range(0, count)
            .Select(number => (Owner: $"{Tally.Name}/{ids[number % ids.Length]}",
                Row: new DueReference($"due-{run}-{number}", Guid.NewGuid(), 0))).ToArray();
        await using var command = source.CreateCommand("""
            insert into phoenix.phoenix_due (owner, name, generation, due, scheduled, payload, kind, target, command)
            select owner, name, generation, at, at, $6, 1, owner, 'bench.add'
            from (
                select owner, name, generation, now() + $4 + $5 * ((number - 1)::float8 / cardinality($1)) as at
                from unnest($1, $2, $3) with ordinality as t(owner, name, generation, number)
            ) as timers
            """);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Owner) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Row.Name) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Row.Generation) });
        command.Parameters.Add(new() { Value = first, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = over, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = """{"amount":5}""" });
        await command.ExecuteNonQueryAsync();
        return Array.ConvertAll(rows, row => DueIdentity.Of(row.Owner, row.Row));
    }

    /// <summary>When each of these commands was to be decided, and how much later its commit began, by the database's clock: in
    /// order.</summary>
    public async Task<double[]> LatenessMsAsync(Guid[] ids, DateTime first, TimeSpan over)
    {
        await using var command = source.CreateCommand("""
            select extract(epoch from l.recorded_at - ($2 + $3 * ((number - 1)::float8 / cardinality($1))))::float8 * 1000
            from unnest($1) with ordinality as t(id, number) join phoenix.phoenix_ledger l on l.command_id = t.id
            order by 1
            """);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = first, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = over, NpgsqlDbType = NpgsqlDbType.Interval });
        var late = new List<double>(ids.Length);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) late.Add(reader.GetDouble(0));
        return late.Count == ids.Length ? [.. late]
            : throw new PartFailedException($"{ids.Length:N0} timers were due; the ledger has {late.Count:N0} of them.");
    }

    /// <summary>When the first of the rows of a run is due, by the database's clock.</summary>
    public async Task<DateTime> FirstAsync()
    {
        await using var command = source.CreateCommand("select min(due) from phoenix.phoenix_due");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<bool> IsFilledAsync()
    {
        await using var command = source.CreateCommand("select exists (select 1 from phoenix.phoenix_due)");
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
