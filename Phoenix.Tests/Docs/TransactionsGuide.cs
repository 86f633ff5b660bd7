using Phoenix.Client;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.TestKit;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Charges;
using Shop.Orders;
using Shop.Products;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>The snippets of docs/guides/transactions.md.</summary>
public sealed class TransactionsGuide
{
    internal static async Task RunAsync(IPhoenixClient client)
    {
        #region run
        var end = await client.RunAsync("t-1", new Transfer("ann", "bob", 5), request: new() { Timeout = TimeSpan.FromMinutes(1) });
        if (end.State != TransactionState.Completed) Console.WriteLine($"{end.State}: {end.Code}");
        #endregion
    }

    #region test
    [Fact]
    public void money_that_is_not_taken_goes_back() => TransactionSpecification.For<MoneyTransfer>()
        .Start(new Transfer("ann", "bob", 5))
        .ThenAsks("withdraw", new Withdraw(5)).Accepts("withdraw", 95m)
        .ThenAsks("deposit", new Deposit(5)).Rejects("deposit", "closed")
        .ThenUndoes("withdraw", new Deposit(5)).Accepts("withdraw", 100m)
        .ThenCompensated("closed");
    #endregion

    #region test-tcc
    [Fact]
    public void what_cannot_be_sent_is_not_paid() => TransactionSpecification.For<OrderPlacement>()
        .Start(new PlaceOrder("ann", "tea", 2, 9.80m, "parcel-1", "AQ"))
        .Accepts("stock", 8)
        .ThenAsks("pay", new ReserveMoney(9.80m)).Accepts("pay", 0.20m)
        .ThenAsks("ship").Rejects("ship", "undeliverable")
        .ThenCancels("pay", new ReleaseReserved(9.80m)).Accepts("pay", 10m)
        .ThenUndoes("stock", new AddStock(2)).Accepts("stock", 10)
        .ThenCompensated("undeliverable");
    #endregion

    #region test-dynamic
    [Fact]
    public void what_all_accounts_do_not_have_goes_back() => TransactionSpecification.For<CustomerCharge>()
        .Start(new ChargeCustomer(["current", "savings"], "shop", 50))
        .ThenAsks("take-1", new WithdrawUpTo(50)).Accepts("take-1", 30m)
        .ThenAsks("take-2", new WithdrawUpTo(20)).Accepts("take-2", 5m)
        .ThenUndoes("take-2", new Deposit(5)).Accepts("take-2", 5m)
        .ThenUndoes("take-1", new Deposit(30)).Accepts("take-1", 30m)
        .ThenCompensated("not-covered");
    #endregion

    [Fact]
    public void a_bill_is_paid_by_all_or_none() => TransactionSpecification.For<SettleBill>()
        .Start(new Settle(["ann", "bob"], 5))
        .Accepts("ann", 1m).Rejects("bob", "insufficient-funds")
        .ThenCancels("ann", new ReleaseReserved(5)).Accepts("ann")
        .ThenCompensated("insufficient-funds");

    [Fact]
    public void a_collection_pays_out_what_came_in() => TransactionSpecification.For<CollectMoney>()
        .Start(new Collect(["ann", "bob"], "club", 5))
        .ThenAsks("from-ann").ThenAsks("from-bob").Accepts("from-bob", 1m).Accepts("from-ann", 2m)
        .ThenAsks("pay", new Deposit(10)).Accepts("pay", 10m)
        .ThenCompleted(10m);

    [Fact]
    public void what_is_silent_is_closed_before_anything_is_taken_back() => TransactionSpecification.For<CollectMoney>()
        .Start(new Collect(["ann", "bob"], "club", 5))
        .Accepts("from-ann", 2m)
        .Advance(TimeSpan.FromMinutes(2))
        .ThenCloses("from-bob").Closes("from-bob")
        .ThenUndoes("from-ann", new Deposit(5)).Accepts("from-ann")
        .ThenCompensated(TransactionCodes.TimeLimit);

    #region test-domain
    [Fact]
    public void what_is_lost_on_the_way_moves_no_money_twice()
    {
        var shop = InMemoryDomain.Of(typeof(Account).Assembly);
        shop.Execute("ann", new OpenAccount("Ann", 100));
        shop.Execute("bob", new OpenAccount("Bob", 0));
        var lost = new Queue<StepFate>([StepFate.AnswerIsLost, StepFate.IsLost]);
        shop.Meets(step => lost.TryDequeue(out var fate) ? fate : StepFate.Arrives);

        shop.Execute("t-1", new Transfer("ann", "bob", 5));
        shop.Crash();
        shop.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TransactionState.Completed, shop.Transaction<ITransferGrain>("t-1").State);
        Assert.Equal((95m, 5m), (shop.Query("ann", new GetAccount()).Balance, shop.Query("bob", new GetAccount()).Balance));
    }
    #endregion

    #region test-limit
    [Fact]
    public async Task a_start_beyond_the_limit_is_refused_and_who_waits_gets_the_end()
    {
        var shop = InMemoryDomain.Of(typeof(Account).Assembly).AtMost<ITransferGrain>(1);
        shop.Execute("ann", new OpenAccount("Ann", 100));
        shop.Execute("bob", new OpenAccount("Bob", 0));
        shop.Meets(_ => StepFate.IsLost);

        var end = shop.Run("t-1", new Transfer("ann", "bob", 5));
        Assert.Throws<BusyException>(() => shop.Execute("t-2", new Transfer("ann", "bob", 5)));
        shop.Meets(_ => StepFate.Arrives).Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(95m, (await end).Reply<decimal>());
    }
    #endregion
}

[Transaction("demo.collection")] public interface ICollectionGrain : ITransactionGrain;

[Command("demo.collect")] public sealed record Collect(IReadOnlyList<string> Payers, string Club, decimal Amount) : ICommand<ICollectionGrain>;

#region parallel
public sealed class CollectMoney : Saga<ICollectionGrain>
{
    public static Plan Handle(Collect collect) => InOrder(
        Together(collect.Payers.Select(payer =>
            Step($"from-{payer}", payer, new Withdraw(collect.Amount)).Undo(new Deposit(collect.Amount)).RetryOn("insufficient-funds"))),
        Step("pay", collect.Club, new Deposit(collect.Amount * collect.Payers.Count)))
        .Within(TimeSpan.FromMinutes(2))
        .Reply(replies => replies.Of<decimal>("pay"));
}
#endregion

[Transaction("demo.bill")] public interface IBillGrain : ITransactionGrain;

[Command("demo.settle")] public sealed record Settle(IReadOnlyList<string> Guests, decimal Share) : ICommand<IBillGrain>;

#region tcc
public sealed class SettleBill : Saga<IBillGrain>
{
    public static Plan Handle(Settle bill) => InOrder(Together(bill.Guests.Select(guest =>
        Step(guest, guest, new ReserveMoney(bill.Share)).Confirm(new PayReserved(bill.Share)).Cancel(new ReleaseReserved(bill.Share)))))
        .Within(TimeSpan.FromMinutes(2));
}
#endregion

public sealed class BillGrain : Phoenix.Coordination.SagaGrain<SettleBill>, IBillGrain;

public sealed class CollectionGrain : Phoenix.Coordination.SagaGrain<CollectMoney>, ICollectionGrain;
