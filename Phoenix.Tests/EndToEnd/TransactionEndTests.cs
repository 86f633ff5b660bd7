using Npgsql;
using Phoenix.Client;
using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>Starts over Kafka whose reply comes when the transaction has ended (guarantees 6 and 9).</summary>
[Trait("Category", "Servers")]
public sealed class TransactionEndTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private static readonly RequestOptions Patient = new() { Timeout = TimeSpan.FromSeconds(90) };

    private readonly string _prefix = $"t{Guid.NewGuid():N}"[..12];
    private TestSilo _silo = null!;
    private TestClient _client = null!;
    private string _bootstrap = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        (_bootstrap, _database) = (await kafka.BootstrapAsync(), await postgres.NewDatabaseAsync());
        _silo = await StartSiloAsync();
        _client = await TestClient.StartAsync(_bootstrap, _prefix);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _silo.DisposeAsync();
        await TestTopics.DeleteAsync(_bootstrap, _prefix);
    }

    [Fact]
    public async Task the_end_comes_as_the_reply()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));

        var completed = await _client.Phoenix.RunAsync(NewId(), new Transfer(ann, bob, 30), request: Patient);
        var compensated = await _client.Phoenix.RunAsync(NewId(), new Transfer(ann, NewId(), 30), request: Patient);

        Assert.Equal((TransactionState.Completed, 70m), (completed.State, completed.Reply<decimal>()));
        Assert.Equal((TransactionState.Compensated, "not-open"), (compensated.State, compensated.Code));
        Assert.Equal(70m, await BalanceAsync(ann));
    }

    [Fact]
    public async Task a_start_that_comes_again_gets_the_same_end_and_another_one_is_refused_at_once()
    {
        var (ann, bob, id) = (await AccountAsync(100), await AccountAsync(0), NewId());
        var options = new CommandOptions { CommandId = "start-1" };

        var together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _client.Phoenix.RunAsync(id, new Transfer(ann, bob, 30), options, Patient)));
        var later = await _client.Phoenix.RunAsync(id, new Transfer(ann, bob, 30), options, Patient);
        var other = await _client.Phoenix.RunAsync(id, new Transfer(ann, bob, 30), request: Patient);

        Assert.All(together.Append(later), end => Assert.Equal((TransactionState.Completed, 70m), (end.State, end.Reply<decimal>())));
        Assert.Equal((TransactionState.NotStarted, "already-started"), (other.State, other.Code));
        Assert.Equal(70m, await BalanceAsync(ann));
    }

    [Fact]
    public async Task what_was_accepted_first_can_ask_for_the_end_later()
    {
        var (ann, bob, id) = (await AccountAsync(100), await AccountAsync(0), NewId());
        var options = new CommandOptions { CommandId = "start-1" };

        var started = await _client.Phoenix.RequestAsync(id, new Transfer(ann, bob, 30), options);
        var end = await _client.Phoenix.RunAsync(id, new Transfer(ann, bob, 30), options, Patient);

        Assert.True(started.IsAccepted);
        Assert.Equal(TransactionState.Completed, end.State);
    }

    [Fact]
    public async Task where_to_reply_survives_the_silo()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var transfers = new List<Task<TransactionStatus>>();
        await using (var connection = new NpgsqlConnection(_database))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var holding = new NpgsqlCommand("select 1 from phoenix.mt_streams where id = $1 for update", connection, transaction)
            {
                Parameters = { new() { Value = $"shop.account/{bob}" } },
            };
            await holding.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            transfers.AddRange(Enumerable.Range(0, 20).Select(_ => _client.Phoenix.RunAsync(NewId(), new Transfer(ann, bob, 1), request: Patient)));
            await Eventually.TrueAsync("every transfer is started",
                async () => await Sql.CountAsync(_database, "phoenix.mt_events where type = 'phoenix.transaction-started'") == 20);
            await _silo.DisposeAsync();
        }

        Assert.All(transfers, transfer => Assert.False(transfer.IsCompleted));
        _silo = await StartSiloAsync();

        // Each was sent once: nobody asks again.
        var ends = await Task.WhenAll(transfers);

        Assert.All(ends, end => Assert.Equal(TransactionState.Completed, end.State));
        Assert.Equal((80m, 20m), (await BalanceAsync(ann), await BalanceAsync(bob)));
    }

    [Fact]
    public async Task who_waits_reconnects_and_asks_again_while_it_ends_gets_one_answer_to_each_and_the_same()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AccountAsync(1000)));
        using var client = await WireClient.StartAsync(kafka, _prefix);
        var first = Enumerable.Range(0, 100).Select(number => WireRequest.To(
            "shop.transfer", NewId(), "shop.transfer-money",
            $$"""{"from":"{{accounts[number % 10]}}","to":"{{accounts[(number + 1) % 10]}}","amount":1}""", client.ReplyTopic)
            .Set("phoenixreplyat", "ended")).ToList();
        // On a new connection nobody knows the old request ids any more.
        var again = first.ConvertAll(request => request.Again());

        await Task.WhenAll(first.Zip(again).SelectMany(
            (pair, number) => new[] { client.SendAsync(pair.First), LaterAsync(pair.Second, number) }));
        var ends = await Task.WhenAll(first.Concat(again).Select(client.ReplyAsync));
        var later = await Task.WhenAll(first.Select(request => client.RequestAsync(request.Again())));

        Assert.All(ends, end => Assert.Equal("ended", end.Status));
        Assert.All(Enumerable.Range(0, 100), number => Assert.Single(
            new[] { ends[number], ends[number + 100], later[number] }.Select(end => end.Json.GetRawText()).Distinct()));
        // What came later is behind all others in its partition, so a second answer would be there.
        Assert.All(first.Concat(again), request => Assert.Single(client.Received(record => record["requestid"] == request.RequestId)));
        Assert.Equal(10_000m, (await Task.WhenAll(accounts.Select(BalanceAsync))).Sum());

        async Task LaterAsync(WireRequest request, int number)
        {
            // Some while it runs, some while it ends, some after that.
            await Task.Delay(TimeSpan.FromMilliseconds(number * 2));
            await client.SendAsync(request);
        }
    }

    [Fact]
    public async Task starts_over_kafka_wait_for_a_place()
    {
        await _silo.DisposeAsync();
        _silo = await StartSiloAsync(places: 1);
        var accounts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AccountAsync(100)));

        var ends = await Task.WhenAll(Enumerable.Range(0, 100).Select(number =>
            _client.Phoenix.RunAsync(NewId(), new Transfer(accounts[number % 10], accounts[(number + 1) % 10], 1), request: Patient)));

        Assert.All(ends, end => Assert.Equal(TransactionState.Completed, end.State));
    }

    [Fact]
    public async Task what_is_no_transaction_has_no_end_to_wait_for()
    {
        var error = await Assert.ThrowsAsync<CommandFailedException>(() =>
            _client.Phoenix.RunAsync("shop.account", NewId(), CommandMessage.Of(new OpenAccount("Ann")), Patient));

        Assert.Equal(ErrorCodes.Undecodable, error.Code);
        Assert.Contains("'shop.account' is a transaction", error.Message, StringComparison.Ordinal);
    }

    private Task<TestSilo> StartSiloAsync(int places = 10_000) => TestSilo.StartAsync(_database, options =>
    {
        options.Kafka = _bootstrap;
        options.TopicPrefix = _prefix;
        options.Transactions.MaxUnderWay = places;
    });

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private async Task<string> AccountAsync(decimal money)
    {
        var id = NewId();
        await _silo.Grains.GetGrain<IAccountGrain>(id).Execute(new OpenAccount("Somebody", money));
        return id;
    }

    private async Task<decimal> BalanceAsync(string account) => (await _silo.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount())).Balance;
}
