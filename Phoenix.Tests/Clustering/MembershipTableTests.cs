using Phoenix.Clustering.Membership;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Clustering;

/// <summary>The contract of <see cref="IMembershipTable"/>, sentence by sentence.</summary>
[Trait("Category", "Servers")]
public sealed class MembershipTableTests(SharedPostgres postgres) : IAsyncLifetime
{
    private string _database = null!;
    private PostgresMembershipTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _table = await MembershipTables.OpenAsync(_database);
    }

    public ValueTask DisposeAsync()
    {
        _table.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task a_new_table_is_empty_at_version_0_and_stays_as_it_is_when_initialized_again()
    {
        var first = await _table.ReadAll();
        Assert.Empty(first.Members);
        Assert.Equal(0, first.Version.Version);

        await _table.InsertAsync(MembershipTables.NewEntry());
        await _table.InitializeMembershipTable(true);
        await _table.InitializeMembershipTable(false);

        Assert.Single((await _table.ReadAll()).Members);
        Assert.Equal(1, (await _table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task an_inserted_entry_is_read_back_whole_and_moves_the_version()
    {
        var entry = MembershipTables.NewEntry();
        entry.AddSuspector(MembershipTables.NewEntry().SiloAddress, MembershipTables.Now.AddSeconds(1));
        entry.AddSuspector(MembershipTables.NewEntry().SiloAddress, MembershipTables.Now.AddSeconds(2));
        var before = (await _table.ReadAll()).Version;

        Assert.True(await _table.InsertRow(entry, before.Next()));

        var (read, etag, version) = await _table.FindAsync(entry.SiloAddress);
        Assert.Equal(MembershipTables.Said(entry), MembershipTables.Said(read));
        Assert.NotEmpty(etag);
        Assert.Equal(before.Version + 1, version.Version);
        Assert.NotEqual(before.VersionEtag, version.VersionEtag);
        Assert.Equal(MembershipTables.Said(entry), MembershipTables.Said((await _table.ReadAll()).Members.Single().Item1));
    }

    [Fact]
    public async Task a_row_of_a_silo_that_is_not_there_is_empty_and_tells_the_version()
    {
        await _table.InsertAsync(MembershipTables.NewEntry());
        var data = await _table.ReadRow(MembershipTables.NewEntry().SiloAddress);
        Assert.Empty(data.Members);
        Assert.Equal(1, data.Version.Version);
    }

    [Fact]
    public async Task a_silo_is_inserted_once()
    {
        var entry = MembershipTables.NewEntry();
        await _table.InsertAsync(entry);
        var before = await _table.ReadAll();

        entry.Status = SiloStatus.Dead;
        Assert.False(await _table.InsertRow(entry, before.Version.Next()));

        await UnchangedAsync(before);
    }

    [Fact]
    public async Task nothing_is_inserted_on_a_version_that_has_passed()
    {
        var passed = (await _table.ReadAll()).Version;
        await _table.InsertAsync(MembershipTables.NewEntry());
        var before = await _table.ReadAll();

        Assert.False(await _table.InsertRow(MembershipTables.NewEntry(), passed.Next()));
        Assert.False(await _table.InsertRow(MembershipTables.NewEntry(), new TableVersion(2, "no etag of ours")));

        await UnchangedAsync(before);
    }

    [Fact]
    public async Task an_update_changes_the_entry_its_etag_and_the_version()
    {
        var entry = MembershipTables.NewEntry(SiloStatus.Joining);
        await _table.InsertAsync(entry);
        var (_, etag, version) = await _table.FindAsync(entry.SiloAddress);

        entry.Status = SiloStatus.Active;
        entry.SiloName = "another";
        entry.IAmAliveTime = MembershipTables.Now.AddMinutes(1);
        entry.AddSuspector(MembershipTables.NewEntry().SiloAddress, MembershipTables.Now);
        Assert.True(await _table.UpdateRow(entry, etag, version.Next()));

        var (read, newEtag, newVersion) = await _table.FindAsync(entry.SiloAddress);
        Assert.Equal(MembershipTables.Said(entry), MembershipTables.Said(read));
        Assert.NotEqual(etag, newEtag);
        Assert.Equal(version.Version + 1, newVersion.Version);
        Assert.NotEqual(version.VersionEtag, newVersion.VersionEtag);
    }

    [Fact]
    public async Task nothing_is_updated_on_an_etag_or_a_version_that_has_passed_or_where_there_is_no_row()
    {
        var entry = MembershipTables.NewEntry();
        await _table.InsertAsync(entry);
        var (_, passedEtag, passed) = await _table.FindAsync(entry.SiloAddress);
        Assert.True(await _table.UpdateRow(entry, passedEtag, passed.Next()));
        var before = await _table.ReadAll();
        var etag = before.Members.Single().Item2;

        entry.Status = SiloStatus.Dead;
        Assert.False(await _table.UpdateRow(entry, etag, passed.Next()));
        Assert.False(await _table.UpdateRow(entry, passedEtag, before.Version.Next()));
        Assert.False(await _table.UpdateRow(entry, "no etag of ours", before.Version.Next()));
        Assert.False(await _table.UpdateRow(MembershipTables.NewEntry(), etag, before.Version.Next()));

        await UnchangedAsync(before);
    }

    [Fact]
    public async Task a_heartbeat_changes_its_time_only_and_leaves_what_was_read_usable()
    {
        var entry = MembershipTables.NewEntry();
        await _table.InsertAsync(entry);
        var (_, etag, version) = await _table.FindAsync(entry.SiloAddress);

        var beat = MembershipTables.NewEntry(SiloStatus.Dead, MembershipTables.Now.AddMinutes(3));
        beat.SiloAddress = entry.SiloAddress;
        await _table.UpdateIAmAlive(beat);

        var (read, _, unmoved) = await _table.FindAsync(entry.SiloAddress);
        Assert.Equal(version, unmoved);
        entry.IAmAliveTime = beat.IAmAliveTime;
        Assert.Equal(MembershipTables.Said(entry), MembershipTables.Said(read));

        // A heartbeat is the silo's own: what another silo read before it does not take it back.
        entry.IAmAliveTime = MembershipTables.Now;
        entry.Status = SiloStatus.ShuttingDown;
        Assert.True(await _table.UpdateRow(entry, etag, version.Next()));
        read = (await _table.FindAsync(entry.SiloAddress)).Entry;
        Assert.Equal((SiloStatus.ShuttingDown, beat.IAmAliveTime), (read.Status, read.IAmAliveTime));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public async Task times_of_a_silo_whose_clock_is_wrong_are_right_for_the_others(int seconds)
    {
        var wrong = new OffClock(TimeSpan.FromSeconds(seconds));
        using var table = await MembershipTables.OpenAsync(_database, clock: wrong);
        await table.ReadAll();
        var entry = MembershipTables.NewEntry(heardOf: wrong.GetUtcNow().UtcDateTime);
        entry.AddSuspector(MembershipTables.NewEntry().SiloAddress, wrong.GetUtcNow().UtcDateTime);
        await table.InsertAsync(entry);
        Recent((await _table.FindAsync(entry.SiloAddress)).Entry, TimeProvider.System);

        entry.IAmAliveTime = wrong.GetUtcNow().UtcDateTime;
        await table.UpdateIAmAlive(entry);
        Recent((await _table.FindAsync(entry.SiloAddress)).Entry, TimeProvider.System);
        // And its own are right for itself.
        Recent((await table.FindAsync(entry.SiloAddress)).Entry, wrong);

        static void Recent(MembershipEntry read, TimeProvider clock)
        {
            foreach (var time in new[] { read.StartTime, read.IAmAliveTime, read.SuspectTimes!.Single().Item2 })
                Assert.True((clock.GetUtcNow().UtcDateTime - time).Duration() < TimeSpan.FromMinutes(5), $"{time:O} is no time of now.");
        }
    }

    [Fact]
    public async Task a_heartbeat_of_a_silo_that_is_not_there_does_nothing()
    {
        var before = await _table.ReadAll();
        await _table.UpdateIAmAlive(MembershipTables.NewEntry());
        await UnchangedAsync(before);
    }

    [Fact]
    public async Task clusters_in_one_table_know_nothing_of_each_other()
    {
        using var other = await MembershipTables.OpenAsync(_database, "c2");
        var entry = MembershipTables.NewEntry();
        await _table.InsertAsync(entry);
        await other.InsertAsync(MembershipTables.NewEntry());
        await other.InsertAsync(entry);
        Assert.Equal((1, 2), ((await _table.ReadAll()).Version.Version, (await other.ReadAll()).Version.Version));

        await other.DeleteMembershipTableEntries("c2");

        Assert.Empty((await other.ReadAll()).Members);
        Assert.Single((await _table.ReadAll()).Members);
        Assert.False(await other.InsertRow(entry, (await other.ReadAll()).Version.Next()));
        await other.InitializeMembershipTable(true);
        await other.InsertAsync(entry);
    }

    [Fact]
    public async Task cleaning_up_removes_what_is_not_active_and_was_not_heard_of_since()
    {
        var old = MembershipTables.Now.AddDays(-8);
        var before = MembershipTables.Now.AddDays(-7);
        var gone = MembershipTables.NewEntry(SiloStatus.Dead, old);
        var neverJoined = MembershipTables.NewEntry(SiloStatus.Joining, old);
        var active = MembershipTables.NewEntry(SiloStatus.Active, old);
        var recent = MembershipTables.NewEntry(SiloStatus.Dead, before);
        var lateVote = MembershipTables.NewEntry(SiloStatus.Dead, old);
        lateVote.AddSuspector(active.SiloAddress, old);
        lateVote.AddSuspector(active.SiloAddress, before.AddSeconds(1));
        using var other = await MembershipTables.OpenAsync(_database, "c2");
        await other.InsertAsync(gone);
        foreach (var entry in new[] { gone, neverJoined, active, recent, lateVote }) await _table.InsertAsync(entry);
        var version = (await _table.ReadAll()).Version;

        await _table.CleanupDefunctSiloEntries(before);

        var left = await _table.ReadAll();
        Assert.Equal(
            new[] { active, recent, lateVote }.Select(entry => entry.SiloAddress).Order(),
            left.Members.Select(member => member.Item1.SiloAddress).Order());
        Assert.Equal(version, left.Version);
        Assert.Single((await other.ReadAll()).Members);
    }

    [Fact]
    public async Task what_an_operator_sees_is_plain_text()
    {
        var entry = MembershipTables.NewEntry();
        await _table.InsertAsync(entry);
        Assert.Equal(entry.SiloAddress.ToParsableString(), await Sql.ScalarAsync(_database, "select silo from orleans.membership"));
    }

    private async Task UnchangedAsync(MembershipTableData before)
    {
        var now = await _table.ReadAll();
        Assert.Equal(before.Version, now.Version);
        Assert.Equal(Said(before), Said(now));
    }

    private static IEnumerable<(string, string)> Said(MembershipTableData data) =>
        data.Members.Select(member => (MembershipTables.Said(member.Item1), member.Item2)).Order();
}
