using Npgsql;
using Phoenix.Clustering.Membership;
using Phoenix.Faults;
using Xunit;

namespace Phoenix.Tests.Clustering;

/// <summary>The network between a silo and the table breaks.</summary>
[Trait("Category", "Servers")]
public sealed class MembershipFaultTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PostgresFaultProxy _proxy = null!;
    private PostgresMembershipTable _direct = null!;
    private PostgresMembershipTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.NewDatabaseAsync();
        _direct = await MembershipTables.OpenAsync(database);
        _proxy = new PostgresFaultProxy(database, "phoenix-clustering", sql => sql.Contains("membership", StringComparison.Ordinal));
        _table = MembershipTables.Create(_proxy.ConnectionString, configure: options => options.TimeLimit = TimeSpan.FromSeconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.Pass();
        _table.Dispose();
        _direct.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_change_whose_reply_is_lost_is_an_error_and_is_never_made_twice(bool insert)
    {
        var entry = MembershipTables.NewEntry();
        if (!insert) await _direct.InsertAsync(entry);
        var (etag, version) = await ReadAsync(entry);
        entry.Status = SiloStatus.ShuttingDown;
        var fault = _proxy.SwallowNextCommitReply();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ChangeAsync(entry, insert, etag, version));
        await fault.Hit.WaitAsync(Eventually.Patience);

        var (stored, _, moved) = await _direct.FindAsync(entry.SiloAddress);
        Assert.Equal((SiloStatus.ShuttingDown, version.Version + 1), (stored.Status, moved.Version));
        // The same change again finds what it was made on gone. Whoever reads the table sees that it happened.
        Assert.False(await ChangeAsync(entry, insert, etag, version));
        Assert.Equal(moved, (await _table.ReadAll()).Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_change_that_is_cut_off_before_its_commit_is_an_error_and_can_be_made_again(bool insert)
    {
        var entry = MembershipTables.NewEntry();
        if (!insert) await _direct.InsertAsync(entry);
        var (etag, version) = await ReadAsync(entry);
        var fault = _proxy.CutBeforeNextCommit();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ChangeAsync(entry, insert, etag, version));
        await fault.Hit.WaitAsync(Eventually.Patience);

        Assert.Equal(version, (await _direct.ReadAll()).Version);
        Assert.True(await ChangeAsync(entry, insert, etag, version));
    }

    [Fact]
    public async Task a_commit_that_is_still_on_its_way_makes_the_others_wait_and_then_lose()
    {
        var entry = MembershipTables.NewEntry();
        await _direct.InsertAsync(entry);
        var (etag, version) = await ReadAsync(entry);
        var held = _proxy.HoldNextCommit();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _table.UpdateRow(entry, etag, version.Next()));
        await held.Hit.WaitAsync(Eventually.Patience);

        var rival = _direct.UpdateRow(entry, etag, version.Next());
        await held.ReleaseAsync();

        Assert.False(await rival);
        Assert.Equal(version.Version + 1, (await _direct.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task an_error_of_the_server_at_the_commit_changes_nothing()
    {
        var entry = MembershipTables.NewEntry();
        var version = (await _table.ReadAll()).Version;
        _proxy.FailNextCommit(PostgresErrorCodes.DiskFull, "No space left on device");

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _table.InsertRow(entry, version.Next()));

        Assert.Equal(version, (await _direct.ReadAll()).Version);
        Assert.True(await _table.InsertRow(entry, version.Next()));
    }

    [Fact]
    public async Task refused_connections_and_a_black_hole_are_errors_in_time_and_end_by_themselves()
    {
        var entry = MembershipTables.NewEntry();
        await _table.InsertAsync(entry);
        _proxy.RefuseNew();
        _proxy.CutAll();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _table.ReadAll());
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _table.UpdateIAmAlive(entry));

        _proxy.Pass();
        await Eventually.TrueAsync("the table is read again", SucceedsAsync);

        _proxy.BlackHole();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => _table.ReadAll()).WaitAsync(Eventually.Patience);
        _proxy.Pass();
        await Eventually.TrueAsync("the table is read again", SucceedsAsync);
        Assert.Single((await _table.ReadAll()).Members);
    }

    // Of the connections in the pool some may still turn out to be broken.
    private async Task<bool> SucceedsAsync()
    {
        try
        {
            await _table.ReadAll();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private Task<bool> ChangeAsync(MembershipEntry entry, bool insert, string etag, TableVersion version) =>
        insert ? _table.InsertRow(entry, version.Next()) : _table.UpdateRow(entry, etag, version.Next());

    private async Task<(string ETag, TableVersion Version)> ReadAsync(MembershipEntry entry)
    {
        var data = await _table.ReadRow(entry.SiloAddress);
        return (data.Members.SingleOrDefault()?.Item2 ?? "", data.Version);
    }
}
