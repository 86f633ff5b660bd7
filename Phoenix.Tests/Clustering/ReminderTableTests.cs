using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Phoenix.Clustering;
using Phoenix.Clustering.Reminders;
using Phoenix.Faults;
using Xunit;

namespace Phoenix.Tests.Clustering;

/// <summary>The contract of <see cref="IReminderTable"/>.</summary>
[Trait("Category", "Servers")]
public sealed class ReminderTableTests(SharedPostgres postgres) : IAsyncLifetime
{
    private string _database = null!;
    private PostgresReminderTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _table = await OpenAsync(_database);
    }

    public ValueTask DisposeAsync()
    {
        _table.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task what_is_written_is_read_and_written_over_under_a_new_etag()
    {
        var entry = NewEntry();
        Assert.Null(await _table.ReadRow(entry.GrainId, entry.ReminderName));

        var first = await _table.UpsertRow(entry);
        var read = await _table.ReadRow(entry.GrainId, entry.ReminderName);
        Assert.Equal((entry.GrainId, entry.ReminderName, entry.StartAt, entry.Period, first), (read!.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));

        entry.StartAt = entry.StartAt.AddDays(400);
        entry.Period = TimeSpan.FromDays(40);
        var second = await _table.UpsertRow(entry);
        Assert.NotEqual(first, second);
        read = await _table.ReadRow(entry.GrainId, entry.ReminderName);
        Assert.Equal((entry.StartAt, entry.Period, second), (read!.StartAt, read.Period, read.ETag));
    }

    [Fact]
    public async Task a_reminder_is_removed_on_the_etag_it_has_and_once()
    {
        var entry = NewEntry();
        var passed = await _table.UpsertRow(entry);
        var etag = await _table.UpsertRow(entry);

        Assert.False(await _table.RemoveRow(entry.GrainId, entry.ReminderName, passed!));
        Assert.False(await _table.RemoveRow(entry.GrainId, entry.ReminderName, "no etag of ours"));
        Assert.False(await _table.RemoveRow(entry.GrainId, "another", etag!));
        var removed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _table.RemoveRow(entry.GrainId, entry.ReminderName, etag!))));

        Assert.Single(removed, true);
        Assert.Null(await _table.ReadRow(entry.GrainId, entry.ReminderName));
    }

    [Fact]
    public async Task of_writers_at_once_each_gets_an_etag_and_the_last_one_stays()
    {
        var entry = NewEntry();
        var etags = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => _table.UpsertRow(entry))));
        Assert.Equal(16, etags.Distinct().Count());
        Assert.Contains((await _table.ReadRows(entry.GrainId)).Reminders.Single().ETag, etags);
    }

    [Fact]
    public async Task the_reminders_of_a_grain_are_its_own()
    {
        var entry = NewEntry();
        await _table.UpsertRow(entry);
        await _table.UpsertRow(NewEntry(grain: entry.GrainId, name: "second"));
        await _table.UpsertRow(NewEntry());
        Assert.Equal(["first", "second"], (await _table.ReadRows(entry.GrainId)).Reminders.Select(reminder => reminder.ReminderName).Order());
    }

    [Fact]
    public async Task a_range_is_open_below_closed_above_and_may_pass_the_end_of_the_ring()
    {
        var entries = Enumerable.Range(0, 60).Select(_ => NewEntry()).ToList();
        foreach (var entry in entries) await _table.UpsertRow(entry);
        var hashes = entries.Select(entry => entry.GrainId.GetUniformHashCode()).Order().ToList();
        Assert.True(hashes[^1] > int.MaxValue);

        uint[] bounds = [0, 1, hashes[0], hashes[0] - 1, hashes[20], hashes[40], hashes[40] + 1, hashes[^1], int.MaxValue, uint.MaxValue];
        foreach (var begin in bounds)
        {
            foreach (var end in bounds)
            {
                var expected = hashes.Where(hash => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end);
                var read = (await _table.ReadRows(begin, end)).Reminders.Select(reminder => reminder.GrainId.GetUniformHashCode()).Order();
                Assert.Equal(expected, read);
            }
        }
    }

    [Fact]
    public async Task services_in_one_table_know_nothing_of_each_other()
    {
        using var other = await OpenAsync(_database, "s2");
        var entry = NewEntry();
        await _table.UpsertRow(entry);
        var etag = await other.UpsertRow(entry);

        await other.TestOnlyClearTable();

        Assert.Empty((await other.ReadRows(0, 0)).Reminders);
        Assert.NotEqual(etag, (await _table.ReadRow(entry.GrainId, entry.ReminderName))!.ETag);
    }

    [Fact]
    public async Task a_lost_reply_is_an_error_and_the_same_again_does_no_harm()
    {
        await using var proxy = new PostgresFaultProxy(_database, "phoenix-clustering", sql => sql.Contains("reminders", StringComparison.Ordinal));
        using var proxied = await OpenAsync(proxy.ConnectionString, timeLimit: 1);
        var entry = NewEntry();
        Assert.Empty((await proxied.ReadRows(entry.GrainId)).Reminders);

        proxy.SwallowNextCommitReply();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => proxied.UpsertRow(entry));
        Assert.NotNull(await _table.ReadRow(entry.GrainId, entry.ReminderName));
        var etag = await proxied.UpsertRow(entry);
        Assert.Single((await _table.ReadRows(entry.GrainId)).Reminders);

        proxy.SwallowNextCommitReply();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => proxied.RemoveRow(entry.GrainId, entry.ReminderName, etag!));
        Assert.False(await proxied.RemoveRow(entry.GrainId, entry.ReminderName, etag!));
    }

    private static async Task<PostgresReminderTable> OpenAsync(string database, string service = "s1", int timeLimit = 5)
    {
        var options = new PostgresRemindersOptions { ConnectionString = database, TimeLimit = TimeSpan.FromSeconds(timeLimit) };
        var table = new PostgresReminderTable(Options.Create(options), Options.Create(new ClusterOptions { ClusterId = "c1", ServiceId = service }));
        await table.StartAsync();
        return table;
    }

    private static ReminderEntry NewEntry(GrainId? grain = null, string name = "first") => new()
    {
        GrainId = grain ?? GrainId.Create("test.reminded", $"k/{Guid.NewGuid():N} ö"),
        ReminderName = name,
        StartAt = MembershipTables.Now.AddMinutes(1),
        Period = TimeSpan.FromMinutes(2.5),
    };
}
