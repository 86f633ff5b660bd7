using Microsoft.Extensions.DependencyInjection;
using Phoenix.Aggregates;
using Phoenix.Coordination;
using Phoenix.Messages;
using Phoenix.Tests.Engine;
using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>More starts than a silo can take: they are refused, and what runs goes on and ends.</summary>
[Trait("Category", "Servers")]
public sealed class StartLimitTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Limit = 20;

    private readonly Hindrances _hindrances = new();
    private TestSilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        var limits = new AggregateOptions { HandlerTimeLimit = TimeSpan.FromMinutes(5), MaxInFlight = 1_000 };
        _silo = await TestSilo.StartAsync(
            _database, options =>
            {
                options.Transactions.MaxUnderWay = Limit;
                options.Transactions.MaxUnderWayOf["tests.settlement"] = 1;
            },
            silo: silo => silo.Services.AddSingleton<IHindrance>(_hindrances).AddSingleton(limits));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task of_a_flood_of_starts_those_that_were_taken_end_and_the_others_had_no_effect()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AccountAsync(1000)));
        var transfers = Enumerable.Range(0, 500).Select(number => (Id: NewId(), Start: new Transfer(accounts[number % 10], accounts[(number + 1) % 10], 1))).ToList();

        var taken = await Task.WhenAll(transfers.Select(transfer => IsTakenAsync(transfer.Id, transfer.Start)));
        var ends = await Task.WhenAll(transfers.Where((_, number) => taken[number]).Select(transfer =>
            _silo.Grains.GetGrain<ITransferGrain>(transfer.Id).Wait(TimeSpan.FromSeconds(25))));

        Assert.InRange(ends.Length, Limit, 499);
        Assert.All(ends, end => Assert.Equal(TransactionState.Completed, end.State));
        Assert.Equal(ends.Length, await Sql.CountAsync(_database, "phoenix.mt_streams where id like 'shop.transfer/%'"));
        Assert.Equal(10_000m, (await Task.WhenAll(accounts.Select(BalanceAsync))).Sum());
        await Eventually.TrueAsync("every place is given back", () => _silo.Services.GetRequiredService<TransactionPlaces>().Count == 0);
        var refused = transfers[Array.IndexOf(taken, false)];
        Assert.True(await IsTakenAsync(refused.Id, refused.Start));
    }

    [Fact]
    public async Task of_twice_what_the_silo_can_do_starts_are_refused_and_those_that_run_end()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AccountAsync(100_000)));
        var offered = new List<Task<TransactionState?>>();
        var ended = 0;
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (Volatile.Read(ref ended) < 300)
        {
            // Always twice what has ended, and twice what there is room for.
            while (offered.Count < 2 * (Volatile.Read(ref ended) + Limit)) offered.Add(RunAsync(offered.Count));
            await rhythm.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        var ends = await Task.WhenAll(offered);

        Assert.InRange(ends.Count(end => end is null), Limit, ends.Length);
        Assert.All(ends.Where(end => end is not null), end => Assert.Equal(TransactionState.Completed, end));
        Assert.Equal(1_000_000m, (await Task.WhenAll(accounts.Select(BalanceAsync))).Sum());
        Assert.Equal(
            await Sql.CountAsync(_database, "phoenix.mt_events where type = 'phoenix.transaction-started'"),
            await Sql.CountAsync(_database, "phoenix.mt_streams where id like 'shop.transfer/%'"));
        await Eventually.TrueAsync("every place is given back", () => _silo.Services.GetRequiredService<TransactionPlaces>().Count == 0);

        // How it ended; null when it was not taken.
        async Task<TransactionState?> RunAsync(int number)
        {
            var id = NewId();
            if (!await IsTakenAsync(id, new Transfer(accounts[number % 10], accounts[(number + 1) % 10], 1))) return null;
            var end = await _silo.Grains.GetGrain<ITransferGrain>(id).Wait(TimeSpan.FromSeconds(25));
            Interlocked.Increment(ref ended);
            return end.State;
        }
    }

    [Fact]
    public async Task a_kind_that_is_held_up_holds_up_no_other_kind()
    {
        var gate = _hindrances.Gate("gate", out var reached);
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var held = _silo.Grains.GetGrain<ISettlementGrain>(NewId());
        await held.Execute(new Count(NewId(), NewId()));
        await reached;
        var refused = _silo.Grains.GetGrain<ISettlementGrain>(NewId());

        var busy = await Assert.ThrowsAsync<BusyException>(() => refused.Execute(new Count(NewId(), NewId())));
        var transfer = _silo.Grains.GetGrain<ITransferGrain>(NewId());
        await transfer.Execute(new Transfer(ann, bob, 1));
        Assert.Equal(TransactionState.Completed, (await transfer.Wait(TimeSpan.FromSeconds(20))).State);
        gate.SetResult();
        Assert.True((await held.Wait(TimeSpan.FromSeconds(20))).IsEnded);
        await Eventually.TrueAsync("there is room", async () =>
        {
            try
            {
                return (await refused.Execute(new Settle(ann, bob, 1, 1))).IsAccepted;
            }
            catch (BusyException)
            {
                return false;
            }
        });

        Assert.Contains("Phoenix:Transactions:MaxUnderWayOf:tests.settlement", busy.Message, StringComparison.Ordinal);
        Assert.True((await refused.Wait(TimeSpan.FromSeconds(20))).IsEnded);
    }

    [Fact]
    public async Task steps_are_taken_where_new_commands_are_refused()
    {
        var ann = await AccountAsync(100);
        var step = new StepReference("shop.transfer/t", "withdraw", StepPhase.Do, 1);
        var gate = new TaskCompletionSource();
        var waiting = 0;
        _hindrances.Deed("crowd", () =>
        {
            Interlocked.Increment(ref waiting);
            return gate.Task;
        });
        var crowd = Enumerable.Range(0, 1_000)
            .Select(_ => _silo.Grains.GetGrain<ICounterGrain>(NewId()).Execute(new AddWhenLet(1, "crowd"))).ToList();
        await Eventually.TrueAsync("the silo is full", () => Volatile.Read(ref waiting) == 1_000);
        var account = _silo.Grains.GetGrain<IAccountGrain>(ann);

        await Assert.ThrowsAsync<BusyException>(() => account.Execute(new Withdraw(30)));
        var outcome = await account.Execute(
            CommandMessage.Of(new Withdraw(30), new CommandOptions { CommandId = step.CommandId }) with { Step = step });

        Assert.True(outcome.IsAccepted);
        gate.SetResult();
        await Task.WhenAll(crowd);
    }

    private async Task<bool> IsTakenAsync(string id, Transfer start)
    {
        try
        {
            return (await _silo.Grains.GetGrain<ITransferGrain>(id).Execute(start)).IsAccepted;
        }
        catch (BusyException)
        {
            return false;
        }
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private async Task<string> AccountAsync(decimal money)
    {
        var id = NewId();
        await _silo.Grains.GetGrain<IAccountGrain>(id).Execute(new OpenAccount("Somebody", money));
        return id;
    }

    private async Task<decimal> BalanceAsync(string account) => (await _silo.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount())).Balance;
}
