using Phoenix.EventStore;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>The ledger is found by stream and time, and loses old rows by an explicit command and no other.</summary>
[Trait("Category", "Servers")]
public sealed class LedgerTrimmingTests(SharedPostgres postgres)
{
    private const int Old = 60_000;
    private const int Young = 1_000;

    private static readonly DateTimeOffset Before = DateTimeOffset.UtcNow.AddDays(-30);

    [Fact]
    public async Task rows_before_a_time_go_and_all_others_stay()
    {
        var (log, trimming) = await FilledAsync();
        await using var _ = log;
        var young = await EventLog.ScalarAsync<string>(log.Database, Sum);
        Assert.Equal(Old, await trimming.CountAsync(Before, TestContext.Current.CancellationToken));

        var told = new List<long>();
        Assert.Equal(Old, await trimming.DeleteAsync(Before, "ops", told.Add, TestContext.Current.CancellationToken));
        Assert.Equal((true, Old), (told.Count > 1 && told.SequenceEqual(told.Order()), told[^1]));
        Assert.Equal(young, await EventLog.ScalarAsync<string>(log.Database, Sum));
        Assert.Equal(0, await trimming.CountAsync(Before, TestContext.Current.CancellationToken));
        Assert.Equal($"{Old} ops", await EventLog.ScalarAsync<string>(log.Database, "select rows || ' ' || principal from phoenix.phoenix_ledger_trims"));

        // What stays is known as before, and what went is new.
        var stream = await EventLog.ScalarAsync<string>(log.Database, "select stream from phoenix.phoenix_ledger limit 1");
        Assert.Single(await log.Queries.KnownAsync(stream, [await EventLog.ScalarAsync<Guid>(log.Database, "select command_id from phoenix.phoenix_ledger limit 1")]));
    }

    [Fact]
    public async Task a_trim_that_is_stopped_leaves_the_rest_and_the_next_one_takes_it()
    {
        var (log, trimming) = await FilledAsync();
        await using var _ = log;
        using var stopping = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trimming.DeleteAsync(Before, null, gone =>
        {
            if (gone > 0) stopping.Cancel();
        }, stopping.Token));
        var rest = await trimming.CountAsync(Before, TestContext.Current.CancellationToken);
        Assert.InRange(rest, 1, Old - 1);
        Assert.Equal(Old - rest, await EventLog.ScalarAsync<long>(log.Database, "select rows from phoenix.phoenix_ledger_trims"));
        Assert.Equal(rest, await trimming.DeleteAsync(Before, null, static _ => { }, TestContext.Current.CancellationToken));
    }

    /// <summary>As an auditor asks: what was refused here, and what happened that night.</summary>
    [Theory]
    [InlineData("stream = 'tests.note/7' and version_after = version_before and recorded_at > now() - interval '1 year'", "phoenix_ledger_eventless")]
    [InlineData("recorded_at > now() - interval '3 hours'", "phoenix_ledger_time")]
    public async Task rows_are_found_by_stream_and_by_time(string condition, string index)
    {
        var (log, _) = await FilledAsync();
        await using var __ = log;
        Assert.Contains(index, await EventLog.ScalarAsync<string>(log.Database, $"""
            create or replace function pg_temp.plan() returns text language plpgsql as $$
                declare plan json; begin execute $q$explain (format json) select * from phoenix.phoenix_ledger where {condition}$q$ into plan; return plan::text; end $$;
            select pg_temp.plan()
            """), StringComparison.Ordinal);
    }

    private const string Sum = "select md5(string_agg(command_id::text, ',' order by command_id)) from phoenix.phoenix_ledger where recorded_at > now() - interval '1 day'";

    private async Task<(EventLog Log, LedgerTrimming Trimming)> FilledAsync()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await Sql.ExecuteAsync(database, $"""
            insert into phoenix.phoenix_ledger (command_id, stream, outcome, version_before, version_after, command, payload_hash, recorded_at)
            select gen_random_uuid(), 'tests.note/' || n % 500, 2 - (n % 2), 1, 1 + n % 2, 'tests.note', '\x01', now() - interval '60 days' + n * interval '1 second'
            from generate_series(1, {Old}) n;
            insert into phoenix.phoenix_ledger (command_id, stream, outcome, version_before, version_after, command, payload_hash, recorded_at)
            select gen_random_uuid(), 'tests.note/' || n, 1, 1, 2, 'tests.note', '\x01', now() - interval '1 hour' from generate_series(1, {Young}) n;
            analyze phoenix.phoenix_ledger;
            select brin_summarize_new_values('phoenix.phoenix_ledger_time');
            """);
        var log = new EventLog(database);
        return (log, new LedgerTrimming(log.Connections, new TableNames(log.Store.Options)));
    }
}
