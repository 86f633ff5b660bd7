using Phoenix.EventStore;
using Phoenix.EventStore.Publishing;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>Who may publish is decided by the database, and whoever may no longer stores nothing.</summary>
[Trait("Category", "Servers")]
public sealed class CheckpointTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Name = "tests.all";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private EventLog _log = null!;
    private PublicationCheckpoints _checkpoints = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _log = new EventLog(await EventLog.NewDatabaseAsync(postgres));
        await _log.CommitAsync(Commits.Accepted("tests.note/1", 0, "first", events: 20));
        _checkpoints = new(_log.Connections, new TableNames(_log.Store.Options));
        await _checkpoints.CreateAsync(Name, 0, slices: 1, Token);
    }

    [Fact]
    public async Task a_lease_that_is_renewed_keeps_others_out_and_one_that_is_not_does_not()
    {
        var first = (await TakeAsync("one", Short))!;
        Assert.Null(await TakeAsync("two"));
        Assert.True(await SaveAsync(first, 7));
        Assert.Null(await TakeAsync("two"));

        await Sql.ExecuteAsync(_log.Database, "update phoenix.phoenix_publications set leased_until = clock_timestamp() + interval '0.3 s'");
        PublicationLease? second = null;
        await Eventually.TrueAsync("the lease runs out", async () => (second = await TakeAsync("two")) is not null);
        Assert.Equal((first.Epoch + 1, 7, first.Run, first.Incarnation), (second!.Epoch, second.Position, second.Run, second.Incarnation));
        Assert.Equal("two", (await FindAsync()).Owner);
    }

    [Fact]
    public async Task whoever_is_deposed_stores_nothing()
    {
        var first = (await TakeAsync("one", Short))!;
        PublicationLease? second = null;
        await Eventually.TrueAsync("the lease runs out", async () => (second = await TakeAsync("two")) is not null);
        await SaveAsync(second!, 5);

        var one = (await _checkpoints.EventsAsync("tests.note/1", 0, 20, Token))[0];
        Assert.False(await SaveAsync(first, 9));
        Assert.False(await _checkpoints.ParkAsync(first, one, "no", Token));
        Assert.True(await _checkpoints.ParkAsync(second!, one, "no", Token));
        Assert.False(await _checkpoints.UnparkAsync(first, "tests.note/1", Token));
        Assert.False(await _checkpoints.StopAsync(first, 9, "no", Token));
        await _checkpoints.ReleaseAsync(first, 9, Token);

        Assert.Equal((5, PublicationState.Running, true), (await FindAsync()) is var found ? (found.Position, found.State, found.IsLeased) : default);
        Assert.Single(await _checkpoints.ParkedAsync(Name, Token));
        Assert.True(await SaveAsync(second!, 6));
    }

    [Fact]
    public async Task of_many_that_take_at_once_one_gets_it()
    {
        var leases = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => TakeAsync($"silo-{number}")));
        Assert.Single(leases, lease => lease is not null);
    }

    [Fact]
    public async Task what_is_released_is_taken_at_once()
    {
        var first = (await TakeAsync("one"))!;
        await _checkpoints.ReleaseAsync(first, 4, Token);
        Assert.Equal(4, (await TakeAsync("two"))!.Position);
    }

    [Fact]
    public async Task a_pause_deposes_and_lasts_until_it_is_resumed()
    {
        var first = (await TakeAsync("one"))!;
        Assert.True(await _checkpoints.PauseAsync(Name, "maintenance", Token));
        Assert.False(await SaveAsync(first, 9));
        Assert.Null(await TakeAsync("two"));
        Assert.Equal((PublicationState.Paused, "maintenance"), (await FindAsync()) is var paused ? (paused.State, paused.Trouble) : default);
        Assert.True(await _checkpoints.ResumeAsync(Name, Token));
        Assert.Equal(0, (await TakeAsync("two"))!.Position);
    }

    [Fact]
    public async Task a_rewind_is_a_new_run_frees_what_was_parked_and_goes_back_only()
    {
        var first = (await TakeAsync("one"))!;
        await SaveAsync(first, 15);
        await _checkpoints.ParkAsync(first, (await _checkpoints.EventsAsync("tests.note/1", 0, 20, Token))[3], "no", Token);
        Assert.False(await _checkpoints.RewindAsync(Name, 16, Token));
        Assert.Single(await _checkpoints.ParkedAsync(Name, Token));

        Assert.True(await _checkpoints.RewindAsync(Name, 2, Token));
        Assert.False(await SaveAsync(first, 17));
        var second = (await TakeAsync("two"))!;
        Assert.Equal((2, first.Run + 1), (second.Position, second.Run));
        Assert.Empty(await _checkpoints.ParkedAsync(Name, Token));
        Assert.Equal(13, await _checkpoints.CountAsync(2, 15, [], [], Token));
    }

    [Fact]
    public async Task a_rewind_to_a_place_behind_what_is_parked_keeps_it_parked()
    {
        var first = (await TakeAsync("one"))!;
        await SaveAsync(first, 15);
        await _checkpoints.ParkAsync(first, (await _checkpoints.EventsAsync("tests.note/1", 0, 20, Token))[3], "no", Token);
        Assert.True(await _checkpoints.RewindAsync(Name, 10, Token));
        Assert.Equal(4, Assert.Single(await _checkpoints.ParkedAsync(Name, Token)).Sequence);
    }

    [Fact]
    public async Task what_is_divided_goes_on_from_the_slowest_before_what_was_parked_in_the_same_run()
    {
        var first = (await TakeAsync("one"))!;
        await SaveAsync(first, 15);
        Assert.True(await _checkpoints.DivideAsync(Name, 3, Token));
        Assert.False(await SaveAsync(first, 16));
        Assert.Equal([(1, 15L), (2, 15L), (3, 15L)], (await SlicesAsync()).Select(one => (one.Slice.Number, one.Position)));

        var second = (await _checkpoints.TakeAsync(PublicationSlice.Row(Name, 2), "two", Long, Token))!;
        Assert.Equal((new PublicationSlice(2, 3), first.Run, first.Incarnation), (second.Slice, second.Run, second.Incarnation));
        Assert.True(await SaveAsync(second, 20));
        await _checkpoints.ParkAsync(second, (await _checkpoints.EventsAsync("tests.note/1", 0, 20, Token))[7], "no", Token);
        Assert.True(await _checkpoints.DivideAsync(Name, 2, Token));
        Assert.Equal([(1, 7L), (2, 7L)], (await SlicesAsync()).Select(one => (one.Slice.Number, one.Position)));
        Assert.Empty(await _checkpoints.ParkedAsync(PublicationSlice.Row(Name, 2), Token));
        Assert.False(await SaveAsync(second, 20));
        Assert.False(await _checkpoints.DivideAsync("tests.none", 2, Token));
    }

    [Fact]
    public async Task an_operator_acts_on_all_slices()
    {
        await _checkpoints.DivideAsync(Name, 2, Token);
        var (one, two) = ((await TakeAsync("a"))!, (await _checkpoints.TakeAsync(PublicationSlice.Row(Name, 2), "b", Long, Token))!);
        await SaveAsync(one, 15);
        await SaveAsync(two, 4);
        // A slice that has not come to the place takes part in the new run from where it is.
        Assert.True(await _checkpoints.RewindAsync(Name, 10, Token));
        Assert.Equal([(10L, 2), (4L, 2)], (await SlicesAsync()).Select(slice => (slice.Position, slice.Run)));
        Assert.True(await _checkpoints.PauseAsync(Name, "maintenance", Token));
        Assert.All(await SlicesAsync(), slice => Assert.Equal((PublicationState.Paused, "maintenance"), (slice.State, slice.Trouble)));
        Assert.False(await SaveAsync(one, 16) || await SaveAsync(two, 16));
        Assert.True(await _checkpoints.ResumeAsync(Name, Token));
        Assert.All(await SlicesAsync(), slice => Assert.Equal(PublicationState.Running, slice.State));
    }

    [Fact]
    public async Task of_many_that_create_with_other_numbers_of_slices_one_does()
    {
        await Task.WhenAll(Enumerable.Range(1, 8).Select(slices => _checkpoints.CreateAsync("tests.fresh", 0, slices, Token)));
        var created = await _checkpoints.SlicesAsync("tests.fresh", Token);
        Assert.All(created, one => Assert.Equal(created.Count, one.Slice.Count));
    }

    [Fact]
    public async Task the_last_error_outlives_its_end_and_its_owner()
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000);
        var first = (await TakeAsync("one"))!;
        await _checkpoints.SaveAsync(first, new(3, "No broker.", 12.5, ("No broker.", at)), Long, Token);
        await _checkpoints.ReleaseAsync(first, 3, Token);
        await SaveAsync((await TakeAsync("two"))!, 4);
        Assert.Equal((("No broker.", at), null, 0), await FindAsync() is var found ? (found.LastError, found.Trouble, found.Rate) : default);
    }

    [Fact]
    public async Task after_a_restore_positions_belong_to_another_incarnation_and_the_former_owner_stores_nothing()
    {
        var first = (await TakeAsync("one", Short))!;
        // What a restore elsewhere, or to a point in time, changes: the identifier or the timeline.
        await Sql.ExecuteAsync(_log.Database, "update phoenix.phoenix_publications set life = 'another'");
        Assert.False(await SaveAsync(first, 9));
        PublicationLease? second = null;
        await Eventually.TrueAsync("the lease runs out", async () => (second = await TakeAsync("one")) is not null);
        Assert.True(second!.Incarnation > first.Incarnation);
        Assert.True(await SaveAsync(second, 9));
    }

    [Fact]
    public async Task a_position_that_the_log_does_not_hold_is_not_stored()
    {
        var lease = (await TakeAsync("one"))!;
        Assert.True(await SaveAsync(lease, 20));
        Assert.False(await SaveAsync(lease, 21));
    }

    [Fact]
    public async Task a_place_is_found_by_time()
    {
        await Sql.ExecuteAsync(_log.Database, "update phoenix.mt_events set timestamp = timestamp '2026-01-01' + seq_id * interval '1 hour'");
        var at = new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);
        Assert.Equal(9, await _checkpoints.PositionAtAsync(at, 20, Token));
        Assert.Equal(5, await _checkpoints.PositionAtAsync(at, 5, Token));
        Assert.Equal(20, await _checkpoints.PositionAtAsync(at.AddDays(9), 20, Token));
    }

    [Fact]
    public async Task a_place_is_found_by_a_version_of_an_aggregate()
    {
        await _log.CommitAsync(Commits.Accepted("tests.note/2", 0, "second", events: 3));
        Assert.Equal(21, await _checkpoints.PositionBeforeAsync("tests.note/2", 2, Token));
        Assert.Null(await _checkpoints.PositionBeforeAsync("tests.note/2", 4, Token));
    }

    [Fact]
    public async Task what_goes_out_again_is_counted_by_the_kinds_and_names_that_a_publication_takes()
    {
        await _log.CommitAsync(Commits.Accepted("tests.other/2", 0, "second", events: 3));
        Assert.Equal(8, await _checkpoints.CountAsync(15, 23, [], [], Token));
        Assert.Equal(5, await _checkpoints.CountAsync(15, 23, ["tests.note"], [], Token));
        Assert.Equal(3, await _checkpoints.CountAsync(15, 23, ["tests.other", "tests.third"], ["tests.noted"], Token));
        Assert.Equal(0, await _checkpoints.CountAsync(15, 23, [], ["tests.never"], Token));
    }

    [Fact]
    public async Task now_is_after_everything_that_has_committed_and_before_what_has_not()
    {
        await using var open = await OpenTransaction.AppendAsync(_log.Database, "tests.note/open");
        var looking = _log.Follower.SafeAsync(Token);
        await Eventually.TrueAsync("it has looked", () => _log.Follower.Progress.End == 21);
        Assert.False(looking.IsCompleted);
        await open.CommitAsync();
        Assert.Equal(21, await looking);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    private Task<PublicationLease?> TakeAsync(string owner, TimeSpan? lease = null) => _checkpoints.TakeAsync(Name, owner, lease ?? Long, Token);

    private Task<bool> SaveAsync(PublicationLease lease, long position) => _checkpoints.SaveAsync(lease, new(position), Long, Token);

    private Task<IReadOnlyList<PublicationCheckpoint>> SlicesAsync() => _checkpoints.SlicesAsync(Name, Token);

    private async Task<PublicationCheckpoint> FindAsync() => (await _checkpoints.FindAsync(Name, Token))!;
}
