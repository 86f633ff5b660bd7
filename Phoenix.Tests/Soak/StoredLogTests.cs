using Npgsql;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>
/// The judge reads real tables: what a silo has stored agrees with its client's history, and what is changed behind its back is found.
/// </summary>
[Trait("Category", "Servers")]
public sealed class StoredLogTests(SharedPostgres postgres) : IAsyncLifetime
{
    private readonly List<HistoryRecord> _history = [];
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(_database, domains: [typeof(Account).Assembly]);
        foreach (var account in (string[])["a", "b"])
        {
            var grain = silo.Grains.GetGrain<IAccountGrain>(account);
            await ExecuteAsync(grain, account, "open", new OpenAccount("Ann", 100));
            await ExecuteAsync(grain, account, "deposit", new Deposit(10.5m));
            await ExecuteAsync(grain, account, "deposit", new Deposit(10.5m));
            await ExecuteAsync(grain, account, "too-much", new Withdraw(1000));
            await ExecuteAsync(grain, account, "withdraw", new Withdraw(50));
        }

        await Eventually.TrueAsync("the read model has seen everything", async () =>
        {
            var log = await ReadAsync();
            return log.Streams.Count == 2 && log.Streams.All(stream => log.Accounts.GetValueOrDefault(stream.Key)?.Version == stream.Value);
        });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task what_is_stored_agrees_with_the_history() => Assert.Empty(await CheckAsync());

    [Theory]
    [InlineData("delete from phoenix.phoenix_ledger where stream = 'shop.account/a' and original_id = 'too-much'", ViolationKind.AnsweredNotRecorded)]
    [InlineData("update phoenix.phoenix_ledger set reply = '111' where stream = 'shop.account/a' and original_id = 'deposit'", ViolationKind.AnswerDiffers)]
    [InlineData("update phoenix.mt_events set causation_id = 'too-much' where stream_id = 'shop.account/a' and version = 4", ViolationKind.RejectedHasEvents)]
    [InlineData("delete from phoenix.mt_events where stream_id = 'shop.account/a' and version = 3", ViolationKind.EventsDiffer)]
    [InlineData("update phoenix.mt_streams set version = 9 where id = 'shop.account/a'", ViolationKind.VersionsNotContiguous)]
    [InlineData("update phoenix.account_balances set balance = balance + 1 where account_id = 'a'", ViolationKind.ProjectionDiffers)]
    [InlineData("update phoenix.mt_events set data = '{\"amount\": 5000}' where stream_id = 'shop.account/a' and version = 4", ViolationKind.Overdrawn)]
    public async Task a_change_behind_the_silos_back_is_found(string sql, object expected)
    {
        await Sql.ExecuteAsync(_database, sql);
        var found = await CheckAsync();
        Assert.Contains((ViolationKind)expected, found.Select(violation => violation.Kind));
        Assert.All(found, violation => Assert.Equal("shop.account/a", violation.Stream));
    }

    private async Task ExecuteAsync(IAccountGrain grain, string account, string id, ICommand<IAccountGrain> command)
    {
        _history.Add(new() { Event = ClientEvent.Sent, At = 1, Client = 0, Stream = $"shop.account/{account}", CommandId = id });
        var outcome = await grain.Execute(command, new CommandOptions { CommandId = id });
        _history.Add(new()
        {
            Event = outcome.IsAccepted ? ClientEvent.Accepted : ClientEvent.Rejected,
            At = 1,
            Client = 0,
            Stream = $"shop.account/{account}",
            CommandId = id,
            Before = outcome.VersionBefore,
            After = outcome.VersionAfter,
            Code = outcome.Code,
            Reply = outcome.ReplyJson,
        });
    }

    private async Task<IReadOnlyList<Violation>> CheckAsync() => Checker.Check(_history, await ReadAsync());

    private async Task<StoredLog> ReadAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        return await new LogReader(source, "phoenix").ReadAsync(CancellationToken.None);
    }
}
