using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Orders;
using Shop.Products;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>Saga steps and a try in one transaction, on one silo and a real PostgreSQL (guarantee 9).</summary>
[Trait("Category", "Servers")]
public sealed class OrderTests(SharedPostgres postgres) : IAsyncLifetime
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
    public async Task what_is_sent_is_paid()
    {
        var (ann, tea) = (await AccountAsync(100), await ProductAsync(10));

        var end = await OrderAsync(ann, tea, 2, 30, "FR");

        Assert.Equal(TransactionState.Completed, end.State);
        Assert.Equal([StepState.Accepted, StepState.Confirmed, StepState.Accepted], end.Steps.Select(step => step.State));
        Assert.Equal((70m, 0m, 8), await BooksAsync(ann, tea));
    }

    [Fact]
    public async Task what_cannot_be_sent_is_not_paid_and_goes_back_to_the_shelf()
    {
        var (ann, tea) = (await AccountAsync(100), await ProductAsync(10));

        var end = await OrderAsync(ann, tea, 2, 30, "AQ");

        Assert.Equal((TransactionState.Compensated, "undeliverable"), (end.State, end.Code));
        Assert.Equal([StepState.Undone, StepState.Cancelled, StepState.Rejected], end.Steps.Select(step => step.State));
        Assert.Equal((100m, 0m, 10), await BooksAsync(ann, tea));
        Assert.Equal(1, await EventsAsync("shop.money-reserved"));
    }

    [Fact]
    public async Task orders_of_a_silo_that_stopped_end_by_themselves_and_money_and_goods_add_up()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AccountAsync(100)));
        var products = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ProductAsync(70)));
        var held = await HeldStream.TakeAsync(_database, products[0]);
        var starts = Enumerable.Range(0, 200).Select(number => _silo.Grains.GetGrain<IOrderGrain>(NewId())
            .Execute(new PlaceOrder(accounts[number % 5], products[number % 2], 1, 3, NewId(), number % 3 == 0 ? "AQ" : "FR"))).ToList();
        await starts[0];
        await _silo.DisposeAsync();
        await Task.WhenAll(starts.Select(start => start.ContinueWith(_ => { }, TaskScheduler.Default)));
        var started = await EventsAsync("phoenix.transaction-started");
        var left = started - await EventsAsync("phoenix.transaction-ended");
        await held.DisposeAsync();
        _silo = await TestSilo.StartAsync(_database);

        await Eventually.TrueAsync("every order has ended", async () => await EventsAsync("phoenix.transaction-ended") == started);

        Assert.True(left > 0, "Every order had ended without one of its products.");
        var sent = await EventsAsync("shop.parcel-sent");
        var views = await Task.WhenAll(accounts.Select(ViewAsync));
        Assert.Equal((500m - (3 * sent), 0m), (views.Sum(view => view.Balance), views.Sum(view => view.Reserved)));
        Assert.Equal(140 - sent, (await Task.WhenAll(products.Select(StockAsync))).Sum());
        Assert.Equal(sent,
            await Sql.CountAsync(_database,
            "phoenix.mt_events where type = 'phoenix.transaction-ended' and data ->> 'completed' = 'true'"));
        Assert.Equal(0, await Sql.CountAsync(_database, "phoenix.phoenix_due"));
        await Eventually.TrueAsync("the read model agrees", async () =>
            await Sql.ScalarAsync(_database, "select sum(balance) from phoenix.account_balances where reserved = 0") is decimal balance
                && balance == 500m - (3 * sent));
    }

    private async Task<TransactionStatus> OrderAsync(string account, string product, int quantity, decimal price, string country)
    {
        var order = _silo.Grains.GetGrain<IOrderGrain>(NewId());
        await order.Execute(new PlaceOrder(account, product, quantity, price, NewId(), country));
        return await order.Wait(Limit);
    }

    private async Task<(decimal Balance, decimal Reserved, int Stock)> BooksAsync(string account, string product)
    {
        var view = await ViewAsync(account);
        return (view.Balance, view.Reserved, await StockAsync(product));
    }

    private Task<long> EventsAsync(string name) => Sql.CountAsync(_database, $"phoenix.mt_events where type = '{name}'");

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private async Task<string> AccountAsync(decimal money)
    {
        var id = NewId();
        await _silo.Grains.GetGrain<IAccountGrain>(id).Execute(new OpenAccount("Somebody", money));
        return id;
    }

    private async Task<string> ProductAsync(int stock)
    {
        var id = NewId();
        await _silo.Grains.GetGrain<IProductGrain>(id).Execute(new AddStock(stock));
        return id;
    }

    private Task<AccountView> ViewAsync(string account) => _silo.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount());

    private Task<int> StockAsync(string product) => _silo.Grains.GetGrain<IProductGrain>(product).Query(new GetStock());
}
