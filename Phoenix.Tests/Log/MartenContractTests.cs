using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Weasel.Core;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>To Marten, what the commit queue wrote and what Marten itself would have written are the same.</summary>
[Trait("Category", "Servers")]
public sealed partial class MartenContractTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string ForeignKeys = "select count(*) from pg_constraint where contype = 'f' and connamespace = 'phoenix'::regnamespace";
    private string _database = null!;
    private EventLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _log = new EventLog(_database, marten: store => store.Projections.Add(new Sums(), ProjectionLifecycle.Async));
        await _log.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task the_same_events_are_the_same_rows_column_by_column()
    {
        var (ours, theirs) = (Commits.NewStream(), Commits.NewStream());
        await AppendAsync(ours, 0, 2);
        await AppendAsync(ours, 2, 1);
        await MartenAppendsAsync(theirs, session => session.Events.StartStream(theirs, new Noted(1), new Noted(2)));
        await MartenAppendsAsync(theirs, session => session.Events.Append(theirs, 3, new Noted(3)));

        Assert.Equal(await RowsAsync("mt_events", "stream_id", theirs), await RowsAsync("mt_events", "stream_id", ours));
        Assert.Equal(await RowsAsync("mt_streams", "id", theirs), await RowsAsync("mt_streams", "id", ours));
        // No CLR name goes into the log, which is the one thing we leave out.
        Assert.Equal(0, await EventLog.ScalarAsync<long>(_database, $"select count(mt_dotnet_type) from phoenix.mt_events where stream_id = '{ours}'"));
    }

    [Fact]
    public async Task marten_reads_aggregates_and_goes_on_writing_our_streams()
    {
        var stream = Commits.NewStream();
        await AppendAsync(stream, 0, 3);
        await using var session = _log.Store.LightweightSession();

        var events = await session.Events.FetchStreamAsync(stream, token: Token);
        Assert.Equal([1, 2, 3], events.Select(@event => ((Noted)@event.Data).Number));
        Assert.All(events, @event => Assert.Equal(("cause", "corr", "ann", "3"), (@event.CausationId, @event.CorrelationId, @event.UserName, @event.Headers!["floor"]?.ToString())));
        var state = await session.Events.FetchStreamStateAsync(stream, Token);
        Assert.Equal(3, state!.Version);

        session.Events.Append(stream, 4, new Noted(4));
        await session.SaveChangesAsync(Token);
        Assert.Equal(4, (await _log.CommitAsync(Commits.Accepted(stream, 3, "late"))).StoredVersion);
        Assert.True((await _log.CommitAsync(Commits.Accepted(stream, 4, "late"))).Committed);
        Assert.Equal([1, 2, 3, 4, 5], (await _log.ReadAsync(stream)).Select(noted => noted.Number));
    }

    [Fact]
    public async Task an_async_projection_runs_over_our_events_and_can_be_rebuilt()
    {
        var stream = Commits.NewStream();
        await AppendAsync(stream, 0, 4);
        using var daemon = await _log.Store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(Eventually.Patience);
        Assert.Equal(10, await SumAsync(stream));
        await daemon.StopAllAsync();

        await _log.Store.Advanced.Clean.DeleteDocumentsByTypeAsync(typeof(Seen), Token);
        Assert.Equal(0, await SumAsync(stream));
        await daemon.RebuildProjectionAsync("sums", Token);
        Assert.Equal(10, await SumAsync(stream));
    }

    [Fact]
    public async Task the_foreign_key_to_streams_is_left_out_and_no_migration_brings_it_back()
    {
        Assert.Equal(0, await EventLog.ScalarAsync<long>(_database, ForeignKeys));
        Assert.Equal(SchemaPatchDifference.None, (await _log.Store.Storage.Database.CreateMigrationAsync(Token)).Difference);

        // Marten also migrates on its own when a session first needs a table.
        await using var later = new EventLog(_database);
        await using var session = later.Store.LightweightSession();
        session.Events.StartStream(Commits.NewStream(), new Noted(1));
        await session.SaveChangesAsync(Token);
        Assert.Equal(0, await EventLog.ScalarAsync<long>(_database, ForeignKeys));
    }

    [Fact]
    public async Task a_foreign_key_that_plain_marten_made_stays_and_the_log_works_with_it()
    {
        var database = await postgres.NewDatabaseAsync();
        await using (var plain = DocumentStore.For(store => EventLog.Configure(store, database)))
            await plain.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        Assert.Equal(1, await EventLog.ScalarAsync<long>(database, ForeignKeys));

        await Schemas.StartAsync(database);
        await using var log = new EventLog(database);
        Assert.True((await log.CommitAsync(Commits.Accepted(Commits.NewStream(), 0, "first"))).Committed);
        Assert.Equal(1, await EventLog.ScalarAsync<long>(database, ForeignKeys));
    }

    [Fact]
    public async Task marten_archives_our_streams_and_the_log_still_reads_them()
    {
        var stream = Commits.NewStream();
        await AppendAsync(stream, 0, 2);
        await using (var session = _log.Store.LightweightSession())
        {
            session.Events.ArchiveStream(stream);
            await session.SaveChangesAsync(Token);
        }

        Assert.Equal(2, await EventLog.ScalarAsync<long>(_database, $"select count(*) from phoenix.mt_events where stream_id = '{stream}' and is_archived"));
        Assert.Equal(2, (await _log.ReadAsync(stream)).Count);
    }

    [Fact]
    public async Task upcasters_registered_with_marten_apply_on_replay()
    {
        var stream = Commits.NewStream();
        await AppendAsync(stream, 0, 2);
        await using var newer = new EventLog(_database, marten: store =>
        {
            store.Events.MapEventType<NotedV2>("tests.noted_v2");
            store.Events.Upcast<Noted, NotedV2>("tests.noted", old => new NotedV2(old.Number, $"number {old.Number}"));
        });

        var loaded = await newer.Loader.LatestAsync(stream, null, () => new List<object>(), (list, @event) => list.Add(@event));
        Assert.Equal([new NotedV2(1, "number 1"), new NotedV2(2, "number 2")], loaded.View);
    }

    [Fact]
    public void an_event_type_that_could_not_be_read_back_is_not_written()
    {
        var error = Assert.Throws<InvalidOperationException>(() => _log.Types.NameOf(typeof(NotedV2)));
        Assert.Contains("MapEventType<NotedV2>", error.Message, StringComparison.Ordinal);
        Assert.Equal("tests.noted", _log.Types.NameOf(typeof(Noted)));
    }

    [Fact]
    public async Task a_schema_migration_finds_no_difference_after_our_writes()
    {
        await AppendAsync(Commits.NewStream(), 0, 2);
        await _log.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync(Token);
    }

    public sealed record NotedV2(int Number, string Text);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task AppendAsync(string stream, long version, int count)
    {
        var commit = Commits.Accepted(stream, version, Guid.NewGuid().ToString(), count);
        var events = commit.Events.Select(@event => @event with { CausationId = "cause", CorrelationId = "corr", Headers = """{"floor":"3"}""", UserName = "ann" });
        Assert.True((await _log.CommitAsync(commit with { Events = [.. events] })).Committed);
    }

    private async Task MartenAppendsAsync(string stream, Action<IDocumentSession> append)
    {
        await using var session = _log.Store.LightweightSession();
        session.CausationId = "cause";
        session.CorrelationId = "corr";
        session.LastModifiedBy = "ann";
        session.SetHeader("floor", "3");
        append(session);
        await session.SaveChangesAsync(Token);
    }

    private Task<string> RowsAsync(string table, string key, string stream) => EventLog.ScalarAsync<string>(_database, $"""
        select string_agg((to_jsonb(row) - array['{key}', 'id', 'seq_id', 'timestamp', 'created', 'mt_dotnet_type'])::text, e'\n' order by row.version)
        from phoenix.{table} row where {key} = '{stream}'
        """);

    private async Task<int> SumAsync(string stream)
    {
        await using var session = _log.Store.QuerySession();
        return await session.Query<Seen>().Where(seen => seen.Stream == stream).SumAsync(seen => seen.Number, Token);
    }

    public sealed record Seen(string Id, string Stream, int Number);

    internal sealed partial class Sums : EventProjection
    {
        public Sums()
        {
            Name = "sums";
            IncludeType<Noted>();
            Options.DeleteViewTypeOnTeardown<Seen>();
        }

        public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
        {
            operations.Store(new Seen($"{e.StreamKey}#{e.Version}", e.StreamKey!, ((Noted)e.Data).Number));
            return ValueTask.CompletedTask;
        }
    }
}
