using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Charges;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>Dynamic transactions on one silo and a real PostgreSQL (guarantee 9).</summary>
[Trait("Category", "Servers")]
public sealed class ChargeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private TestSilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(_database);
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task one_account_after_the_other_is_charged_until_the_amount_is_covered()
    {
        var (empty, some, much, shop) = (await AccountAsync(0), await AccountAsync(30), await AccountAsync(100), await AccountAsync(0));

        var end = await ChargeAsync([empty, some, much, shop], shop, 50);

        Assert.Equal((TransactionState.Completed, 3), (end.State, end.Reply<int>()));
        Assert.Equal(
            [StepState.Rejected, StepState.Accepted, StepState.Accepted, StepState.Accepted], end.Steps.Select(step => step.State));
        Assert.Equal([0m, 80m, 50m], [await BalanceAsync(some), await BalanceAsync(much), await BalanceAsync(shop)]);
        Assert.Equal(4, await EventsAsync("phoenix.transaction-step-answered"));
    }

    [Fact]
    public async Task what_was_taken_goes_back_when_nobody_takes_it()
    {
        var (some, much) = (await AccountAsync(30), await AccountAsync(100));

        var end = await ChargeAsync([some, much], NewId(), 50);

        Assert.Equal((TransactionState.Compensated, "not-open"), (end.State, end.Code));
        Assert.Equal([StepState.Undone, StepState.Undone, StepState.Rejected], end.Steps.Select(step => step.State));
        Assert.Equal([30m, 100m], [await BalanceAsync(some), await BalanceAsync(much)]);
    }

    [Fact]
    public async Task an_end_that_was_told_is_the_end_that_a_new_activation_tells()
    {
        var (some, much, shop) = (await AccountAsync(30), await AccountAsync(100), await AccountAsync(0));
        var id = NewId();
        var end = await ChargeAsync([some, much], shop, 50, id);
        await _silo.DisposeAsync();
        _silo = await TestSilo.StartAsync(_database);

        var told = await _silo.Grains.GetGrain<IChargeGrain>(id).Wait(Limit);

        Assert.Equal(end with { Steps = [] }, told with { Steps = [] });
        Assert.Equal(end.Steps, told.Steps);
    }

    [Fact]
    public async Task a_class_that_throws_needs_attention_and_is_turned_back()
    {
        var (a, b) = (await AccountAsync(5, "a"), await AccountAsync(5, "b"));
        var errand = _silo.Grains.GetGrain<IErrandGrain>(NewId());
        await errand.Execute(new RunErrand("throws"));
        await Eventually.TrueAsync("it needs attention", async () => await errand.Status() is { State: TransactionState.NeedsAttention,
            Code: TransactionCodes.DefinitionFailed });

        await errand.TurnBack("Enough.");
        await errand.Resume();
        var end = await errand.Wait(Limit);

        Assert.Equal((TransactionState.Compensated, TransactionCodes.TurnedBack), (end.State, end.Code));
        Assert.Equal([5m, 5m], [await BalanceAsync(a), await BalanceAsync(b)]);
    }

    [Fact]
    public async Task charges_of_a_silo_that_stopped_end_by_themselves_and_money_adds_up()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AccountAsync(20)));
        var shop = await AccountAsync(0);
        var held = await HeldStream.TakeAsync(_database, shop);
        var starts = Enumerable.Range(0, 100).Select(number => _silo.Grains.GetGrain<IChargeGrain>(NewId())
            .Execute(new ChargeCustomer([.. Enumerable.Range(number, 4).Select(account => accounts[account % 10])], shop, 3))).ToList();
        await starts[0];
        await _silo.DisposeAsync();
        await Task.WhenAll(starts.Select(start => start.ContinueWith(_ => { }, TaskScheduler.Default)));
        var started = await EventsAsync("phoenix.transaction-started");
        var left = started - await EventsAsync("phoenix.transaction-ended");
        await held.DisposeAsync();
        _silo = await TestSilo.StartAsync(_database);

        await Eventually.TrueAsync("every charge has ended", async () => await EventsAsync("phoenix.transaction-ended") == started);

        Assert.True(left > 0, "Every charge had ended without the money's receiver.");
        var paid = await Sql.CountAsync(
            _database, "phoenix.mt_events where type = 'phoenix.transaction-ended' and data ->> 'completed' = 'true'");
        Assert.Equal(3m * paid, await BalanceAsync(shop));
        Assert.Equal(200m, await BalanceAsync(shop) + (await Task.WhenAll(accounts.Select(BalanceAsync))).Sum());
        Assert.Equal(0, await Sql.CountAsync(_database, "phoenix.phoenix_due"));
    }

    private async Task<TransactionStatus> ChargeAsync(IReadOnlyList<string> accounts, string to, decimal amount, string? id = null)
    {
        var charge = _silo.Grains.GetGrain<IChargeGrain>(id ?? NewId());
        await charge.Execute(new ChargeCustomer(accounts, to, amount));
        return await charge.Wait(Limit);
    }

    private Task<long> EventsAsync(string name) => Sql.CountAsync(_database, $"phoenix.mt_events where type = '{name}'");

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private async Task<string> AccountAsync(decimal money, string? id = null)
    {
        id ??= NewId();
        await _silo.Grains.GetGrain<IAccountGrain>(id).Execute(new OpenAccount("Somebody", money));
        return id;
    }

    private async Task<decimal> BalanceAsync(string account) =>
        (await _silo.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount())).Balance;
}
