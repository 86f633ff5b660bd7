using Npgsql;
using Phoenix.Messages;
using Phoenix.Tests.Faults;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>Promises 1, 4 and 5 when the way to PostgreSQL breaks at the worst moments. The database is looked at past the proxy.</summary>
[Trait("Category", "Servers")]
public sealed class CommitFaultTests(SharedPostgres postgres) : IAsyncLifetime
{
    private string _direct = "";
    private PostgresFaultProxy _proxy = null!;
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _direct = await postgres.NewDatabaseAsync();
        // Connections also send their settings; only the append is a commit here.
        _proxy = new PostgresFaultProxy(_direct, isWrite: sql => sql.Contains("phoenix_ledger", StringComparison.Ordinal));
        _silo = await TestSilo.StartAsync(_proxy.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task a_lost_reply_to_a_commit_still_gives_the_outcome_and_one_effect()
    {
        var (id, account) = await OpenAsync(100);
        var fault = _proxy.SwallowNextCommitReply();
        var outcome = await account.Execute(new Withdraw(30), new CommandOptions { CommandId = "w" });

        await fault.Hit.WaitAsync(Eventually.Patience);
        Assert.True(outcome.IsAccepted);
        Assert.Equal(70m, outcome.Reply<decimal>());
        await ExpectAsync(id, events: 3, ledger: 2, balance: 70);
    }

    [Fact]
    public async Task a_connection_cut_before_the_commit_costs_nothing_but_a_second_try()
    {
        var (id, account) = await OpenAsync(100);
        var fault = _proxy.CutBeforeNextCommit();
        var outcome = await account.Execute(new Withdraw(30));

        await fault.Hit.WaitAsync(Eventually.Patience);
        Assert.True(outcome.IsAccepted);
        await ExpectAsync(id, events: 3, ledger: 2, balance: 70);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_commit_still_running_while_the_retry_arrives_is_waited_for(bool commits)
    {
        var (id, account) = await OpenAsync(100);
        var held = _proxy.HoldNextCommit();
        var withdrawing = account.Execute(new Withdraw(30));
        await held.Hit.WaitAsync(Eventually.Patience);
        await BlockedAsync();
        Assert.False(withdrawing.IsCompleted);

        if (commits) await held.ReleaseAsync();
        else await held.AbortAsync();
        var outcome = await withdrawing;
        Assert.Equal((true, 70m), (outcome.IsAccepted, outcome.Reply<decimal>()));
        await ExpectAsync(id, events: 3, ledger: 2, balance: 70);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task the_same_holds_for_the_first_commit_of_a_new_stream(bool commits)
    {
        var id = NewId();
        var held = _proxy.HoldNextCommit();
        var opening = Account(id).Execute(new OpenAccount("Ann", 100));
        await held.Hit.WaitAsync(Eventually.Patience);
        await BlockedAsync();

        if (commits) await held.ReleaseAsync();
        else await held.AbortAsync();
        Assert.True((await opening).IsAccepted);
        await ExpectAsync(id, events: 2, ledger: 1, balance: 100);
    }

    [Fact]
    public async Task a_rejection_held_on_an_absent_stream_is_recorded_once()
    {
        var id = NewId();
        var held = _proxy.HoldNextCommit();
        var withdrawing = Account(id).Execute(new Withdraw(1), new CommandOptions { CommandId = "w" });
        await held.Hit.WaitAsync(Eventually.Patience);
        await BlockedAsync();
        await held.ReleaseAsync();

        Assert.Equal("not-open", (await withdrawing).Code);
        Assert.Equal(1L, await CountAsync("select count(*) from phoenix.phoenix_ledger where stream = $1", id));
    }

    [Fact]
    public async Task a_full_disk_is_waited_out_within_the_time_limit()
    {
        var (id, account) = await OpenAsync(100);
        var fault = _proxy.FailNextCommit("53100", "could not extend file: No space left on device");
        var outcome = await account.Execute(new Withdraw(30));

        await fault.Hit.WaitAsync(Eventually.Patience);
        Assert.True(outcome.IsAccepted);
        await ExpectAsync(id, events: 3, ledger: 2, balance: 70);
    }

    [Fact]
    public async Task an_unreachable_server_is_a_typed_error_in_time_and_works_again_by_itself()
    {
        var (id, account) = await OpenAsync(100);
        _proxy.RefuseNew();
        _proxy.CutAll();
        var error = await Assert.ThrowsAnyAsync<CommandException>(() => account.Execute(new Withdraw(30), new CommandOptions { CommandId = "w" }))
            .WaitAsync(TimeSpan.FromSeconds(25));
        Assert.Contains(error.Code, new[] { ErrorCodes.Unavailable, ErrorCodes.Unknown });

        _proxy.Pass();
        Outcome? outcome = null;
        await Eventually.TrueAsync("the same id is decided once the server can be reached", async () =>
        {
            try
            {
                outcome = await account.Execute(new Withdraw(30), new CommandOptions { CommandId = "w" });
                return true;
            }
            catch (CommandException)
            {
                return false;
            }
        });
        Assert.True(outcome!.IsAccepted);
        await ExpectAsync(id, events: 3, ledger: 2, balance: 70);
    }

    private async Task<(string Id, IAccountGrain Account)> OpenAsync(decimal deposit)
    {
        var id = NewId();
        await Account(id).Execute(new OpenAccount("Ann", deposit));
        return (id, Account(id));
    }

    private async Task ExpectAsync(string id, long events, long ledger, decimal balance)
    {
        Assert.Equal(events, await CountAsync("select count(*) from phoenix.mt_events where stream_id = $1", id));
        Assert.Equal(events, await CountAsync("select version from phoenix.mt_streams where id = $1", id));
        Assert.Equal(ledger, await CountAsync("select count(*) from phoenix.phoenix_ledger where stream = $1", id));
        Assert.Equal(balance, (await Account(id).Query(new GetAccount(), linearizable: true)).Balance);
    }

    /// <summary>Until the second try waits for the locks of the first.</summary>
    private Task BlockedAsync() => Eventually.TrueAsync("the second try waits for the first", async () =>
        await ScalarAsync("select count(*) from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock' and datname = current_database()", PostgresFaultProxy.CommitQueue) > 0);

    private Task<long> CountAsync(string sql, string id) => ScalarAsync(sql, $"shop.account/{id}");

    private async Task<long> ScalarAsync(string sql, string parameter)
    {
        await using var connection = new NpgsqlConnection(_direct);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private IAccountGrain Account(string id) => _silo.Grains.GetGrain<IAccountGrain>(id);

    private static string NewId() => Guid.NewGuid().ToString("N");
}
