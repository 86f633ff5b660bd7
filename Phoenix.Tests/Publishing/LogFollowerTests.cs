using Npgsql;
using Phoenix.EventStore;
using Phoenix.EventStore.Publishing;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>
/// Whoever follows the log passes no event by, however long the transaction is open that stores it, and waits for nobody else (guarantee
/// 8).
/// </summary>
[Trait("Category", "Servers")]
public sealed class LogFollowerTests(SharedPostgres postgres) : IAsyncLifetime
{
    private EventLog _log = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = new EventLog(await EventLog.NewDatabaseAsync(postgres));

    [Fact]
    public async Task the_event_of_a_lone_open_append_is_not_passed_by()
    {
        var cursor = _log.Follower.Open(0);
        await _log.CommitAsync(Commits.Accepted("tests.note/1", 0, "first"));
        Assert.Equal("tests.note/1", Assert.Single((await cursor.NextAsync(Token)).Events).StreamId);

        await using var open = await OpenTransaction.AppendAsync(_log.Database, "tests.note/late");
        var next = cursor.NextAsync(Token);
        await Eventually.TrueAsync("the open append is seen", () => _log.Follower.Progress is { End: 2, Safe: 1 });
        Assert.False(next.IsCompleted);
        await open.CommitAsync();

        Assert.Equal("tests.note/late", Assert.Single((await next).Events).StreamId);
        Assert.Equal(2, cursor.Position);
    }

    [Fact]
    public async Task an_early_number_that_is_open_while_thousands_commit_comes_first()
    {
        var cursor = _log.Follower.Open(0);
        await using var open = await OpenTransaction.AppendAsync(_log.Database, "tests.note/early");
        var next = cursor.NextAsync(Token);
        await Eventually.TrueAsync("the open append is seen", () => _log.Follower.Progress is { End: 1, Safe: 0 });
        for (var round = 0; round < 50; round++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(number => _log.CommitAsync(Commits.Accepted($"tests.note/{number}", round * 10, $"{round}-{number}", events: 10))));
        await Eventually.TrueAsync("the end is seen", () => _log.Follower.Progress is { End: 5001, Safe: 0 });
        Assert.False(next.IsCompleted);

        await open.CommitAsync();
        var events = (await next).Events.ToList();
        events.AddRange(await ReadAsync(cursor, 5001 - events.Count));
        Assert.Equal(Enumerable.Range(1, 5001).Select(number => (long)number), events.Select(one => one.Sequence));
        Assert.Equal("tests.note/early", events[0].StreamId);
    }

    [Fact]
    public async Task an_append_that_is_rolled_back_leaves_a_gap_that_nobody_waits_for()
    {
        var cursor = _log.Follower.Open(0);
        await using (await OpenTransaction.AppendAsync(_log.Database, "tests.note/never")) { }
        await _log.CommitAsync(Commits.Accepted("tests.note/1", 0, "next"));
        Assert.Equal(2, Assert.Single(await ReadAsync(cursor, 1)).Sequence);
    }

    [Theory]
    [InlineData("select count(*) from phoenix.mt_events")]
    [InlineData("select pg_current_xact_id()")]
    [InlineData("create table phoenix.strange (id int); insert into phoenix.strange values (1); lock phoenix.mt_events in access share mode")]
    public async Task a_strangers_idle_transaction_holds_nobody_up(string sql)
    {
        var cursor = _log.Follower.Open(0);
        await using var stranger = await OpenTransaction.BeginAsync(_log.Database, sql);
        await _log.CommitAsync(Commits.Accepted("tests.note/1", 0, "first"));
        Assert.Single((await cursor.NextAsync(Token)).Events);
    }

    [Fact]
    public async Task a_bulk_load_in_another_database_of_the_server_holds_nobody_up()
    {
        await using var elsewhere = await OpenTransaction.AppendAsync(await EventLog.NewDatabaseAsync(postgres), "tests.note/elsewhere");
        await _log.CommitAsync(Commits.Accepted("tests.note/1", 0, "first"));
        Assert.Single((await _log.Follower.Open(0).NextAsync(Token)).Events);
    }

    [Fact]
    public async Task a_stuck_append_is_named_until_it_ends()
    {
        var cursor = _log.Follower.Open(0);
        await using var open = await OpenTransaction.AppendAsync(_log.Database, "tests.note/stuck", "bulk-import");
        var next = cursor.NextAsync(Token);
        await Eventually.TrueAsync("it is named", () => _log.Follower.Progress.HeldUp is not null);
        var named = _log.Follower.Progress.HeldUp!;
        Assert.Equal((open.Pid, "bulk-import", "idle in transaction"), (named.Pid, named.Application, named.State));
        Assert.InRange(named.Age, TimeSpan.FromSeconds(0.5), Eventually.Patience);

        await open.CommitAsync();
        Assert.Single((await next).Events);
        Assert.Null(_log.Follower.Progress.HeldUp);
    }

    /// <summary>The order of the two reads is the proof: the other way round an append begins between them, and is passed by.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task the_end_is_asked_for_before_the_holders(bool swapped)
    {
        var statements = new FenceStatements(new TableNames(_log.Store.Options));
        var position = new SafePosition();
        position.Observe(0, []);
        var (end, holders) = (0L, Array.Empty<LockedAppend>());

        await (swapped ? AskHoldersAsync() : AskEndAsync());
        await using var open = await OpenTransaction.AppendAsync(_log.Database, "tests.note/between");
        await (swapped ? AskEndAsync() : AskHoldersAsync());
        position.Observe(end, holders);

        // Safe up to 1 would be said although the event 1 cannot be seen.
        Assert.Equal(swapped ? 1 : 0, position.Safe);
        Assert.Equal(0, await Sql.CountAsync(_log.Database, "phoenix.mt_events"));

        async Task AskEndAsync() => end = await EventLog.ScalarAsync<long>(_log.Database, statements.End);

        async Task AskHoldersAsync()
        {
            await using var source = NpgsqlDataSource.Create(_log.Database);
            await using var command = source.CreateCommand(statements.Holders);
            await using var reader = await command.ExecuteReaderAsync(Token);
            var found = new List<LockedAppend>();
            while (await reader.ReadAsync(Token)) found.Add(new(reader.GetString(0), reader.GetInt32(1)));
            holders = [.. found];
        }
    }

    [Fact]
    public async Task many_writers_that_dawdle_between_number_and_commit_lose_nothing_to_the_reader()
    {
        const int Writers = 8, Appends = 60;
        var cursor = _log.Follower.Open(0);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var random = new Random(writer);
            await using var source = NpgsqlDataSource.Create(_log.Database);
            for (var number = 0; number < Appends; number++)
            {
                await using var command = source.CreateCommand($$"""
                    with drawn as materialized (
                        insert into phoenix.mt_events (seq_id, id, stream_id, version, data, type)
                        values (nextval('phoenix.mt_events_sequence'), gen_random_uuid(), 'tests.note/{{writer}}', {{number + 1}}, '{}', 'tests.noted') returning seq_id)
                    select seq_id, pg_sleep({{random.Next(8)}} * 0.002) from drawn
                    """);
                await command.ExecuteNonQueryAsync(Token);
            }
        }));

        var events = await ReadAsync(cursor, Writers * Appends);
        await writing;
        Assert.Equal(Enumerable.Range(1, Writers * Appends).Select(number => (long)number), events.Select(one => one.Sequence));
        foreach (var stream in events.GroupBy(one => one.StreamId))
            Assert.Equal(Enumerable.Range(1, Appends).Select(number => (long)number), stream.Select(one => one.Version));
    }

    [Fact]
    public async Task a_page_at_the_end_is_read_once_for_all()
    {
        var cursors = Enumerable.Range(0, 5).Select(_ => _log.Follower.Open(0)).ToList();
        var waiting = cursors.Select(cursor => cursor.NextAsync(Token)).ToList();
        await _log.CommitAsync(Commits.Accepted("tests.note/1", 0, "first", events: 3));
        var pages = await Task.WhenAll(waiting);
        Assert.All(pages, page => Assert.Same(pages[0], page));
        Assert.Equal(3, pages[0].Events.Count);
    }

    [Fact]
    public async Task an_event_comes_with_everything_that_is_stored_about_it()
    {
        await _log.CommitAsync(new("tests.note/1", 0, [Commits.Command("cause", RecordedOutcome.Accepted, 0, 1)],
            [new(1, "tests.noted", """{"number":1}""", "cause", "order-7", """{"floor":"3"}""", "ann")]));
        var one = Assert.Single((await _log.Follower.Open(0).NextAsync(Token)).Events);
        Assert.Equal(
            (1, "tests.note/1", 1, "tests.noted", "cause", "order-7", """{"floor": "3"}""", "ann", """{"number": 1}"""),
            (one.Sequence, one.StreamId, one.Version, one.Type, one.CausationId, one.CorrelationId, one.Headers, one.UserName, System.Text.Encoding.UTF8.GetString(one.Json.Span)));
        Assert.Equal(await EventLog.ScalarAsync<Guid>(_log.Database, "select id from phoenix.mt_events"), one.Id);
    }

    [Fact]
    public async Task a_log_that_went_back_is_told_to_whoever_had_read_further()
    {
        await _log.CommitAsync(Commits.Accepted("tests.note/1", 0, "first", events: 9));
        var (reader, late) = (_log.Follower.Open(0), _log.Follower.Open(0));
        await reader.NextAsync(Token);
        var next = reader.NextAsync(Token);
        await Sql.ExecuteAsync(_log.Database, "delete from phoenix.mt_events where seq_id > 4; select setval('phoenix.mt_events_sequence', 4)");

        await Assert.ThrowsAsync<LogWentBackException>(() => next);
        // Also to one who has read less: the same numbers may be other events now.
        await Assert.ThrowsAsync<LogWentBackException>(() => late.NextAsync(Token));
        Assert.Equal(4, (await _log.Follower.Open(0).NextAsync(Token)).Events.Count);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    /// <summary>Reads until so many events have come; an event that was passed by never comes.</summary>
    private static async Task<List<LoggedEvent>> ReadAsync(ILogCursor cursor, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Patience);
        var events = new List<LoggedEvent>();
        try
        {
            while (events.Count < count) events.AddRange((await cursor.NextAsync(limit.Token)).Events);
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"Of {count} events {events.Count} came; missing are {string.Join(", ", Enumerable.Range(1, (int)cursor.Position).Except(events.Select(one => (int)one.Sequence)).Take(10))} of {cursor.Position}.");
        }

        return events;
    }
}
