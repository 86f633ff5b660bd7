using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.EventStore;
using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Snapshots;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Two builds whose snapshots have other formats share a stream's row without overwriting each other all the time.</summary>
[Trait("Category", "Servers")]
public sealed class SnapshotTurnTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly SnapshotFormat Old = new(1, "old");
    private static readonly SnapshotFormat Young = new(1, "young");
    private string _database = null!;
    private EventLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await EventLog.NewDatabaseAsync(postgres);
        _log = new EventLog(_database);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task a_later_version_of_the_same_format_wins_and_an_earlier_does_not()
    {
        await WriteAsync(Old, 20);
        await WriteAsync(Old, 10);
        Assert.Equal("old 20", await RowAsync());
        await WriteAsync(Old, 30);
        Assert.Equal("old 30", await RowAsync());
    }

    [Fact]
    public async Task another_format_waits_until_the_row_has_not_been_written_for_a_while()
    {
        await WriteAsync(Old, 20);
        await WriteAsync(Young, 30);
        Assert.Equal("old 20", await RowAsync());

        // The build that has the row keeps it as long as it writes.
        await PassAsync("9 minutes");
        await WriteAsync(Old, 40);
        await PassAsync("9 minutes");
        await WriteAsync(Young, 50);
        Assert.Equal("old 40", await RowAsync());

        // That build is gone, or had nothing to write: the other one takes the row, also at an earlier version, as after a rollback.
        await PassAsync("2 minutes");
        await WriteAsync(Young, 30);
        Assert.Equal("young 30", await RowAsync());
        await WriteAsync(Old, 60);
        Assert.Equal("young 30", await RowAsync());
    }

    [Fact]
    public async Task a_raised_snapshot_version_is_another_format()
    {
        await WriteAsync(Old, 20);
        await PassAsync("11 minutes");
        await WriteAsync(Old with { Version = 2 }, 10);
        Assert.Equal("old 10", await RowAsync());
    }

    private async Task WriteAsync(SnapshotFormat format, long version)
    {
        // Disposing of it waits until everything is written.
        await using var writer = new SnapshotWriter(_log.Connections, new TableNames(_log.Store.Options), _log.Options, NullLogger<SnapshotWriter>.Instance);
        writer.Write(new("tests.stream/1", version, format, "{}"));
    }

    private Task PassAsync(string time) => Sql.ExecuteAsync(_database, $"update phoenix.phoenix_snapshots set taken_at = taken_at - interval '{time}'");

    private async Task<string> RowAsync() => (string)(await Sql.ScalarAsync(_database, "select fingerprint || ' ' || version from phoenix.phoenix_snapshots"))!;
}
