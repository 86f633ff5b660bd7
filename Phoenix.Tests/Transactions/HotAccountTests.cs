using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>
/// Many transfers at once, to and fro between five accounts: each ends by itself, and one that is undone says why.
/// </summary>
[Trait("Category", "Servers")]
public sealed class HotAccountTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Accounts = 5;
    private const int Transfers = 400;

    private TestSilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(_database);
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Theory]
    [InlineData(1000, false)]
    [InlineData(10, true)]
    public async Task conflicting_transfers_all_end_and_those_that_are_undone_say_why(int money, bool isTooLittle)
    {
        for (var account = 0; account < Accounts; account++)
            await _silo.Grains.GetGrain<IAccountGrain>($"hot-{account}").Execute(new OpenAccount("Somebody", money));
        var chance = new Random(7);
        var amounts = Enumerable.Range(0, Transfers).Select(_ => chance.Next(1, 6)).ToList();

        var ends = await Task.WhenAll(amounts.Select((amount, number) => RunAsync(number, amount)));

        var undone = ends.Where(end => end.State == TransactionState.Compensated).ToList();
        Assert.All(ends, end => Assert.True(end.IsEnded));
        Assert.All(undone, end => Assert.Equal("insufficient-funds", end.Code));
        Assert.Equal(isTooLittle, undone.Count > 0);
        // Nothing was tried twice: conflicts are decided where the account is, one command after the other.
        Assert.All(ends.SelectMany(end => end.Steps), step => Assert.Equal(1, step.Rounds));
        Assert.Equal(0, await Sql.CountAsync(_database, "phoenix.mt_events where type = 'phoenix.transaction-step-tried-again'"));
        var balances = await Task.WhenAll(Enumerable.Range(0, Accounts).Select(BalanceAsync));
        Assert.All(balances, balance => Assert.True(balance >= 0));
        Assert.Equal(Accounts * money, balances.Sum());
    }

    // Each account pays its neighbours on both sides, so that all wait for all.
    private async Task<TransactionStatus> RunAsync(int number, int amount)
    {
        var (from, to) = (number % Accounts, (number + (number % 2 == 0 ? 1 : Accounts - 1)) % Accounts);
        var transfer = _silo.Grains.GetGrain<ITransferGrain>($"t-{number}");
        await transfer.Execute(new Transfer($"hot-{from}", $"hot-{to}", amount));
        return await transfer.Wait(TimeSpan.FromSeconds(25));
    }

    private async Task<decimal> BalanceAsync(int account) =>
        (await _silo.Grains.GetGrain<IAccountGrain>($"hot-{account}").Query(new GetAccount())).Balance;
}
