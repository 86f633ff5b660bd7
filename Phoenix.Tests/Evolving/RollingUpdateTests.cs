using Orleans.Core.Internal;
using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;
using After = Phoenix.Tests.Builds.After;
using Before = Phoenix.Tests.Builds.Before;
using Between = Phoenix.Tests.Builds.Between;

namespace Phoenix.Tests.Evolving;

/// <summary>
/// Builds of one domain side by side on one log, forward and back (guarantee 10). What one build does not know breaks the aggregate there
/// and is never misread; a build in between spares even that.
/// </summary>
[Trait("Category", "Servers")]
public sealed class RollingUpdateTests(SharedPostgres postgres)
{
    [Fact]
    public async Task a_newer_build_goes_on_with_old_events_and_changes_none_of_them()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var before = await StartAsync<Before.Ticket>(database);
        await using var after = await StartAsync<After.Ticket>(database);
        await BeginAsync(before, "t");
        var stored = await StoredAsync(database);

        var ticket = after.Grains.GetGrain<After.ITicketGrain>("t");
        Assert.Equal("lamp (normal): ab", await ticket.Query(new After.GetTicket()));
        Assert.True((await ticket.Execute(new After.Comment("c"))).IsAccepted);
        Assert.Equal("lamp (normal): abc", await ticket.Query(new After.GetTicket(), linearizable: true));

        Assert.Equal([.. stored, "5 tests.comment-added {\"text\": \"c\"}"], await StoredAsync(database));
        Assert.Equal(
            ["tests.ticket-opened", "tests.ticket-commented", "tests.ticket-looked-at", "tests.ticket-commented", "tests.comment-added"],
            stored.Select(row => row.Split(' ')[1]).Append("tests.comment-added"));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
    }

    [Fact]
    public async Task an_older_build_parks_what_a_newer_one_wrote_and_goes_on_with_the_rest()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var after = await StartAsync<After.Ticket>(database);
        await using (var before = await StartAsync<Before.Ticket>(database))
        {
            await BeginAsync(before, "touched");
            await BeginAsync(before, "untouched");
            // Past a snapshot, which the older build must not take.
            var ticket = after.Grains.GetGrain<After.ITicketGrain>("touched");
            for (var i = 0; i < 24; i++) Assert.True((await ticket.Execute(new After.Comment("!"))).IsAccepted);
            await Eventually.TrueAsync("there is a snapshot of the newer build", async () =>
                await Sql.CountAsync(database, "phoenix.phoenix_snapshots where stream = 'tests.ticket/touched' and version = 20") == 1);

            // It still has the state of before; what it decides on is checked against storage.
            await BrokenAsync(before, "touched", "'tests.comment-added', which this build does not know");
            Assert.Equal("lamp: abc", await CommentAsync(before, "untouched"));
        }

        // The rollback: the older build alone.
        await using var back = await StartAsync<Before.Ticket>(database);
        await BrokenAsync(back, "touched", "version 5");
        Assert.Equal("lamp: abcc", await CommentAsync(back, "untouched"));
        await BeginAsync(back, "new");

        // And forward again: nothing is lost, nothing is in between.
        await using var again = await StartAsync<After.Ticket>(database);
        Assert.Equal(
            $"lamp (normal): ab{new string('!', 24)}", await again.Grains.GetGrain<After.ITicketGrain>("touched").Query(new After.GetTicket()));
        Assert.Equal("lamp (normal): abcc", await again.Grains.GetGrain<After.ITicketGrain>("untouched").Query(new After.GetTicket()));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
    }

    [Fact]
    public async Task a_build_in_between_runs_beside_both_and_takes_the_update_back_without_a_refusal()
    {
        var database = await postgres.NewDatabaseAsync();
        // First update: what is written stays as it was.
        await using (var before = await StartAsync<Before.Ticket>(database))
        await using (var between = await StartAsync<Between.Ticket>(database))
        {
            await BeginAsync(before, "t");
            Assert.True((await between.Grains.GetGrain<Between.ITicketGrain>("t").Execute(new Between.Comment("c"))).IsAccepted);
            Assert.Equal("lamp: abcc", await CommentAsync(before, "t"));
        }

        // Second update, and its rollback.
        await using (var between = await StartAsync<Between.Ticket>(database))
        await using (var after = await StartAsync<After.Ticket>(database))
        {
            Assert.True((await after.Grains.GetGrain<After.ITicketGrain>("t").Execute(new After.Comment("d"))).IsAccepted);
            Assert.True((await after.Grains.GetGrain<After.ITicketGrain>("u").Execute(new After.OpenTicket("shelf"))).IsAccepted);
            var (t, u) = (between.Grains.GetGrain<Between.ITicketGrain>("t"), between.Grains.GetGrain<Between.ITicketGrain>("u"));
            Assert.True((await t.Execute(new Between.Comment("e"))).IsAccepted);
            Assert.Equal("lamp (normal): abccde", await t.Query(new Between.GetTicket()));
            Assert.Equal("shelf (high): ", await u.Query(new Between.GetTicket()));
            Assert.Equal("lamp (normal): abccde",
                await after.Grains.GetGrain<After.ITicketGrain>("t").Query(new After.GetTicket(), linearizable: true));
        }

        await using var back = await StartAsync<Between.Ticket>(database);
        Assert.Equal("lamp (normal): abccde", await back.Grains.GetGrain<Between.ITicketGrain>("t").Query(new Between.GetTicket()));
        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
    }

    /// <summary>What a command was told by a build that knew it stands, whichever build is asked again.</summary>
    [Fact]
    public async Task a_command_that_this_build_does_not_know_has_the_outcome_that_another_recorded()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var before = await StartAsync<Before.Ticket>(database);
        await using var after = await StartAsync<After.Ticket>(database);
        await before.Grains.GetGrain<Before.ITicketGrain>("t").Execute(new Before.OpenTicket("lamp"));
        var told = await before.Grains.GetGrain<Before.ITicketGrain>("t").Execute(new Before.Look(), new() { CommandId = "look-1" });

        var ticket = after.Grains.GetGrain<After.ITicketGrain>("t");
        Assert.Equal(told with { Repeated = true }, await ticket.Execute(Message("tests.look", "look-1")));
        Assert.Equal(told with { Repeated = true }, await ticket.Execute(Message("tests.look", "look-1") with { MayBeRepeat = true }));
        await Assert.ThrowsAsync<CommandIdReusedException>(() => ticket.Execute(Message("tests.stare", "look-1")));
        Assert.Equal(ErrorCodes.UnknownName, (await Assert.ThrowsAsync<CommandFailedException>(
            () => ticket.Execute(Message("tests.look", "look-2")))).Code);
        Assert.Equal("lamp (normal): ", await ticket.Query(new After.GetTicket()));
        Assert.Equal(2, (await StoredAsync(database)).Count);

        static CommandMessage Message(string name, string id) => new() { CommandId = id, Name = name, Payload = "{}"u8.ToArray() };
    }

    private static Task<TestSilo> StartAsync<TTicket>(string database) => TestSilo.StartAsync(
        database, phoenix => phoenix.SnapshotEvery = 10, [typeof(TTicket).Assembly]);

    /// <summary>Four events by the first build.</summary>
    private static async Task BeginAsync(TestSilo before, string id)
    {
        var ticket = before.Grains.GetGrain<Before.ITicketGrain>(id);
        await ticket.Execute(new Before.OpenTicket("lamp"));
        await ticket.Execute(new Before.Comment("a"));
        await ticket.Execute(new Before.Look());
        Assert.Equal(4, (await ticket.Execute(new Before.Comment("b"))).VersionAfter);
    }

    private static async Task<string> CommentAsync(TestSilo before, string id)
    {
        var ticket = before.Grains.GetGrain<Before.ITicketGrain>(id);
        Assert.True((await ticket.Execute(new Before.Comment("c"))).IsAccepted);
        return await ticket.Query(new Before.GetTicket());
    }

    private static async Task BrokenAsync(TestSilo before, string id, string named)
    {
        var ticket = before.Grains.GetGrain<Before.ITicketGrain>(id);
        var error = await Assert.ThrowsAsync<AggregateBrokenException>(() => ticket.Execute(new Before.Comment("x")));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AggregateBrokenException>(() => ticket.Query(new Before.GetTicket()));
        // Once more with nothing in memory.
        await ticket.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await Assert.ThrowsAsync<AggregateBrokenException>(() => ticket.Query(new Before.GetTicket()));
    }

    private static async Task<IReadOnlyList<string>> StoredAsync(string database)
    {
        const string Rows = "select string_agg(version || ' ' || type || ' ' || data, e'\n' order by stream_id, version) from phoenix.mt_events";
        return ((string)(await Sql.ScalarAsync(database, Rows))!).Split('\n');
    }
}
