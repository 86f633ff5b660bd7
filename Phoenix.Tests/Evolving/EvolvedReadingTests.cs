using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Xunit;
using After = Phoenix.Tests.Builds.After;
using Before = Phoenix.Tests.Builds.Before;

namespace Phoenix.Tests.Evolving;

/// <summary>Whoever reads events of an earlier build sees those of today, and the rows stay as they were written (guarantee 10).</summary>
[Trait("Category", "Servers")]
public sealed class EvolvedReadingTests(SharedPostgres postgres) : IAsyncLifetime
{
    private string _database = null!;
    private TestSilo _silo = null!;
    private After.ITicketGrain _ticket = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        await using (var before = await TestSilo.StartAsync(_database, domains: [typeof(Before.Ticket).Assembly]))
        {
            var ticket = before.Grains.GetGrain<Before.ITicketGrain>("t");
            await ticket.Execute(new Before.OpenTicket("lamp"));
            await ticket.Execute(new Before.Comment("a"));
            await ticket.Execute(new Before.Look());
        }

        _silo = await TestSilo.StartAsync(_database, phoenix => phoenix.SnapshotEvery = 3, [typeof(After.Ticket).Assembly]);
        _ticket = _silo.Grains.GetGrain<After.ITicketGrain>("t");
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task a_history_shows_events_of_today_and_the_names_they_are_stored_under()
    {
        await _ticket.Execute(new After.Comment("b"));
        Assert.Equal(
            [
                ("tests.ticket-opened_v2", """{"title":"lamp","priority":"normal"}""", "tests.ticket-opened"),
                ("tests.comment-added", """{"text":"a"}""", "tests.ticket-commented"),
                ("tests.ticket-looked-at", "{}", null),
                ("tests.comment-added", """{"text": "b"}""", null),
            ],
            (await _ticket.History()).Events.Select(@event => (@event.Name, @event.Json, @event.StoredName)));
    }

    [Fact]
    public async Task a_history_shows_what_cannot_be_read_as_it_is_stored()
    {
        await Sql.ExecuteAsync(_database, "update phoenix.mt_events set data = '[1]' where version = 1");
        var first = (await _ticket.History()).Events[0];
        Assert.Equal(("tests.ticket-opened", "[1]", (string?)null), (first.Name, first.Json, first.StoredName));
        await Assert.ThrowsAsync<AggregateBrokenException>(() => _ticket.Query(new After.GetTicket()));
    }

    [Fact]
    public async Task states_of_the_past_and_trials_are_built_from_events_of_today()
    {
        Assert.Contains("\"priority\":\"normal\"", (await _ticket.StateAt(Moment.AtVersion(1))).Json, StringComparison.Ordinal);
        Assert.Equal(3, (await _ticket.StateAt(Moment.AtTime(DateTimeOffset.UtcNow.AddHours(1)))).Version);
        var trial = await _ticket.Trial(new After.Comment("b"), Moment.AtVersion(2));
        Assert.Equal((3, "tests.comment-added"), (trial.State.Version, trial.Events[0].Name));
        Assert.Contains("\"comments\":\"ab\"", trial.State.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_aggregate_is_built_from_a_snapshot_and_old_and_new_events_after_it()
    {
        var read = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Name == "phoenix.evolving.read") all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref read, count));
        listener.Start();
        Assert.Equal("lamp (normal): a", await _ticket.Query(new After.GetTicket()));
        Assert.InRange(Interlocked.Read(ref read), 2, long.MaxValue);
        await SnapshotAsync(3);

        // A row that an older build wrote meanwhile, after the snapshot.
        await Sql.ExecuteAsync(_database, """
            insert into phoenix.mt_events select (jsonb_populate_record(e, jsonb_build_object('version', 4, 'id', gen_random_uuid(),
                'seq_id', nextval('phoenix.mt_events_sequence'), 'data', '{"text": "z"}'::jsonb))).* from phoenix.mt_events e where version = 2;
            update phoenix.mt_streams set version = 4
            """);
        await _ticket.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.Equal("lamp (normal): az", await _ticket.Query(new After.GetTicket()));
    }

    [Fact]
    public async Task a_projection_that_asks_for_events_of_today_gets_the_old_ones_among_them()
    {
        await _ticket.Execute(new After.Comment("b"));
        await _silo.Grains.GetGrain<After.ITicketGrain>("u").Execute(new After.OpenTicket("shelf"));
        await BoardAsync("lamp (normal),a,b,shelf (high)");

        var upkeep = _silo.Services.GetRequiredService<IProjectionUpkeep>();
        Assert.True((await upkeep.VerifyAsync("ticket_board", TestContext.Current.CancellationToken)).IsRight);
        await Sql.ExecuteAsync(_database, "update phoenix.ticket_board set line = 'wrong' where line like 'lamp%'");
        Assert.Single((await upkeep.VerifyAsync("ticket_board", TestContext.Current.CancellationToken)).Wrong);
        await upkeep.RebuildAsync("ticket_board", TestContext.Current.CancellationToken);
        await BoardAsync("lamp (normal),a,b,shelf (high)");
    }

    private Task BoardAsync(string lines) => Eventually.TrueAsync($"the board has {lines}", async () =>
        await Sql.ScalarAsync(_database, "select string_agg(line, ',' order by number) from phoenix.ticket_board") is string found
        && found == lines);

    private Task SnapshotAsync(long version) => Eventually.TrueAsync($"there is a snapshot of version {version}", async () =>
        await Sql.CountAsync(_database, $"phoenix.phoenix_snapshots where version = {version}") == 1);
}
