using Npgsql;
using Phoenix.Faults;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Faults;

/// <summary>Each fault does what it says, seen from a session that does not go through the proxy.</summary>
[Trait("Category", "Servers")]
public sealed class PostgresFaultProxyTests(SharedPostgres postgres) : IAsyncLifetime
{
    private string _direct = "";
    private PostgresFaultProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _direct = await postgres.NewDatabaseAsync();
        await Sql.ExecuteAsync(_direct, "create table streams (id text primary key, version int); create table events (stream text, version int); insert into streams values ('a', 0)");
        _proxy = new PostgresFaultProxy(_direct);
    }

    [Theory]
    [InlineData(Shape.Batch)]
    [InlineData(Shape.PreparedBatch)]
    [InlineData(Shape.Transaction)]
    public async Task without_a_fault_batches_and_transactions_commit(Shape shape)
    {
        await CommitAsync(shape);
        await CommitAsync(shape);
        Assert.Equal(2, await EventsAsync());
    }

    [Theory]
    [InlineData(Shape.Batch)]
    [InlineData(Shape.PreparedBatch)]
    [InlineData(Shape.Transaction)]
    public async Task a_swallowed_reply_belongs_to_a_commit_that_happened(Shape shape)
    {
        var fault = _proxy.SwallowNextCommitReply();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CommitAsync(shape));

        await fault.Hit.WaitAsync(Eventually.Patience, Token);
        Assert.Equal(1, await EventsAsync());
        await CommitAsync(shape);
        Assert.Equal(2, await EventsAsync());
    }

    [Theory]
    [InlineData(Shape.Batch)]
    [InlineData(Shape.PreparedBatch)]
    [InlineData(Shape.Transaction)]
    public async Task a_cut_before_the_commit_rolls_back(Shape shape)
    {
        var fault = _proxy.CutBeforeNextCommit();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CommitAsync(shape));

        await fault.Hit.WaitAsync(Eventually.Patience, Token);
        await CommitAsync(shape);
        Assert.Equal(1, await EventsAsync());
    }

    [Theory]
    [InlineData(Shape.Batch)]
    [InlineData(Shape.PreparedBatch)]
    [InlineData(Shape.Transaction)]
    public async Task a_held_commit_holds_its_locks_until_it_is_released(Shape shape)
    {
        var held = _proxy.HoldNextCommit();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CommitAsync(shape));
        await held.Hit.WaitAsync(Eventually.Patience, Token);
        Assert.Equal(0, await EventsAsync());
        Assert.True(await IsLockedAsync());
        var retry = CommitAsync(shape);
        await Eventually.TrueAsync("the retry waits for the lock", WaitsForLockAsync);

        await held.ReleaseAsync();

        await retry;
        Assert.Equal(2, await EventsAsync());
    }

    [Fact]
    public async Task an_aborted_commit_rolls_back_and_frees_its_locks()
    {
        var held = _proxy.HoldNextCommit();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CommitAsync(Shape.Batch));
        await held.Hit.WaitAsync(Eventually.Patience, Token);

        await held.AbortAsync();

        await CommitAsync(Shape.Batch);
        Assert.Equal(1, await EventsAsync());
    }

    [Theory]
    [InlineData(Shape.Batch)]
    [InlineData(Shape.PreparedBatch)]
    [InlineData(Shape.Transaction)]
    public async Task a_failed_commit_tells_the_error_and_rolls_back(Shape shape)
    {
        var fault = _proxy.FailNextCommit(PostgresErrorCodes.DiskFull, "could not extend file: No space left on device");

        var error = await Assert.ThrowsAsync<PostgresException>(() => CommitAsync(shape));

        await fault.Hit.WaitAsync(Eventually.Patience, Token);
        Assert.Equal(PostgresErrorCodes.DiskFull, error.SqlState);
        Assert.Contains("No space left", error.MessageText, StringComparison.Ordinal);
        Assert.Equal(0, await EventsAsync());
    }

    /// <summary>Not so after an error of class 53, such as disk full: Npgsql itself then gives up all connections to the server.</summary>
    [Theory]
    [InlineData(Shape.Batch)]
    [InlineData(Shape.PreparedBatch)]
    [InlineData(Shape.Transaction)]
    public async Task a_failed_commit_leaves_its_connection_usable(Shape shape)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_proxy.WatchedConnectionString) { MaxPoolSize = 1 });
        await CommitAsync(shape, source);
        var backend = await BackendAsync(source);
        var fault = _proxy.FailNextCommit(PostgresErrorCodes.SerializationFailure, "could not serialize access");

        await Assert.ThrowsAsync<PostgresException>(() => CommitAsync(shape, source));

        await fault.Hit.WaitAsync(Eventually.Patience, Token);
        await CommitAsync(shape, source);
        Assert.Equal(2, await EventsAsync());
        Assert.Equal(backend, await BackendAsync(source));
    }

    [Fact]
    public async Task faults_leave_other_applications_alone()
    {
        var fault = _proxy.CutBeforeNextCommit();
        await using var other = NpgsqlDataSource.Create(_proxy.ConnectionString);

        await CommitAsync(Shape.Batch, other);

        Assert.Equal(1, await EventsAsync());
        Assert.False(fault.Hit.IsCompleted);
    }

    [Fact]
    public async Task statements_that_are_no_writes_can_be_told_from_commits()
    {
        await using var proxy = new PostgresFaultProxy(_direct, isWrite: AddsEvents);
        await using var source = NpgsqlDataSource.Create(proxy.WatchedConnectionString);
        var fault = proxy.CutBeforeNextCommit();

        await BackendAsync(source);

        Assert.False(fault.Hit.IsCompleted);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CommitAsync(Shape.Batch, source));
        await fault.Hit.WaitAsync(Eventually.Patience, Token);
    }

    /// <summary>
    /// Other work on the watched connections, such as a projection's, must not use up a fault that is meant for an append.
    /// </summary>
    [Theory]
    [InlineData(Shape.Batch)]
    [InlineData(Shape.PreparedBatch)]
    [InlineData(Shape.Transaction)]
    public async Task a_transaction_of_other_statements_is_no_commit_either(Shape shape)
    {
        await using var proxy = new PostgresFaultProxy(_direct, isWrite: AddsEvents);
        await using var source = NpgsqlDataSource.Create(proxy.WatchedConnectionString);
        var fault = proxy.SwallowNextCommitReply();

        await TransactionAsync(source, "update streams set version = version", commits: true);

        Assert.False(fault.Hit.IsCompleted);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CommitAsync(shape, source));
        await fault.Hit.WaitAsync(Eventually.Patience, Token);
        Assert.Equal(1, await EventsAsync());
    }

    [Fact]
    public async Task a_transaction_that_was_rolled_back_leaves_the_next_alone()
    {
        await using var proxy = new PostgresFaultProxy(_direct, isWrite: AddsEvents);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(proxy.WatchedConnectionString) { MaxPoolSize = 1 });
        var fault = proxy.SwallowNextCommitReply();

        await TransactionAsync(source, "insert into events values ('a', 1)", commits: false);
        await TransactionAsync(source, "update streams set version = version", commits: true);

        Assert.False(fault.Hit.IsCompleted);
    }

    [Fact]
    public async Task a_swallowed_reply_that_was_an_error_is_passed_on_and_reported()
    {
        await Sql.ExecuteAsync(_direct, "alter table events add constraint only_one unique (stream, version) deferrable initially deferred; insert into events values ('a', 1)");
        var fault = _proxy.SwallowNextCommitReply();

        var error = await Assert.ThrowsAsync<PostgresException>(() => CommitAsync(Shape.Batch));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, error.SqlState);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fault.Hit);
    }

    public async ValueTask DisposeAsync() => await _proxy.DisposeAsync();

    private static bool AddsEvents(string sql) => sql.Contains("insert into events", StringComparison.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task CommitAsync(Shape shape)
    {
        await using var source = NpgsqlDataSource.Create(_proxy.WatchedConnectionString);
        await CommitAsync(shape, source);
    }

    private static async Task CommitAsync(Shape shape, NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync(Token);
        await using var transaction = shape == Shape.Transaction ? await connection.BeginTransactionAsync(Token) : null;
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("select version from streams where id = $1 for update") { Parameters = { new() { Value = "a" } } },
                new(
                    """
                    with moved as (update streams set version = version + 1 where id = $1 returning version)
                    insert into events select $1, version from moved
                    """) { Parameters = { new() { Value = "a" } } },
            },
        };
        if (shape == Shape.PreparedBatch)
            await batch.PrepareAsync(Token);
        await batch.ExecuteNonQueryAsync(Token);
        if (transaction is not null)
            await transaction.CommitAsync(Token);
    }

    private static async Task TransactionAsync(NpgsqlDataSource source, string sql, bool commits)
    {
        await using var connection = await source.OpenConnectionAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(Token);
        if (commits)
            await transaction.CommitAsync(Token);
        else
            await transaction.RollbackAsync(Token);
    }

    private Task<long> EventsAsync() => Sql.CountAsync(_direct, "events");

    private async Task<bool> IsLockedAsync() =>
        (long)(await Sql.ScalarAsync(_direct, "select count(*) from (select 1 from streams for update skip locked) free"))! == 0;

    private async Task<bool> WaitsForLockAsync() => await Sql.LockWaitsAsync(_direct) > 0;

    private static async Task<int> BackendAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select pg_backend_pid()");
        return (int)(await command.ExecuteScalarAsync(Token))!;
    }

    public enum Shape
    {
        Batch,
        PreparedBatch,
        Transaction,
    }
}
