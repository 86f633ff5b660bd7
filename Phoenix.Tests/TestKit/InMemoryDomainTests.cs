using Phoenix.Messages;
using Phoenix.TestKit;
using Phoenix.Tests.Docs;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Orders;
using Shop.Products;
using Shop.Shipments;
using Shop.StandingOrders;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>The shop as a whole, in memory.</summary>
public sealed class InMemoryDomainTests
{
    private readonly InMemoryDomain _shop = InMemoryDomain.Of(typeof(Account).Assembly);

    [Fact]
    public void a_transfer_moves_money()
    {
        Open("ann", 100);
        Open("bob", 0);
        Assert.True(_shop.Execute("t-1", new Transfer("ann", "bob", 30)).IsAccepted);
        Assert.Equal((TransactionState.Completed, 70m), (State<ITransferGrain>("t-1"), _shop.Transaction<ITransferGrain>("t-1").Reply<decimal>()));
        Assert.Equal((70m, 30m), (Balance("ann"), Balance("bob")));
        Assert.Equal([new AccountOpened("bob"), new MoneyDeposited(30)], _shop.Events<IAccountGrain>("bob"));
        Assert.Equal("already-started", _shop.Execute("t-1", new Transfer("ann", "bob", 30)).Code);
        Assert.Equal(TransactionState.NotStarted, State<ITransferGrain>("t-2"));
    }

    [Fact]
    public void an_order_that_cannot_be_sent_leaves_no_trace()
    {
        Open("ann", 10);
        _shop.Execute("tea", new AddStock(10));
        _shop.Execute("o-1", new PlaceOrder("ann", "tea", 2, 9.80m, "parcel-1", "AQ"));
        Assert.Equal((TransactionState.Compensated, "undeliverable"), (State<IOrderGrain>("o-1"), _shop.Transaction<IOrderGrain>("o-1").Code));
        var account = _shop.Query("ann", new GetAccount());
        Assert.Equal((10m, 0m, 10), (account.Balance, account.Reserved, _shop.Query("tea", new GetStock())));
    }

    [Fact]
    public void a_standing_order_starts_a_transfer_in_each_period()
    {
        Open("ann", 100);
        Open("bob", 0);
        _shop.Execute("rent", new StartStandingOrder("ann", "bob", 10, TimeSpan.FromDays(30)));
        _shop.Advance(TimeSpan.FromDays(95));
        Assert.Equal((70m, 30m, TransactionState.Completed), (Balance("ann"), Balance("bob"), State<ITransferGrain>("rent-3")));
        _shop.Execute("rent", new StopStandingOrder());
        _shop.Advance(TimeSpan.FromDays(95));
        Assert.Equal(30m, Balance("bob"));
    }

    [Fact]
    public void a_lost_command_and_a_lost_answer_are_asked_again_and_take_effect_once()
    {
        var lost = new Queue<StepFate>([StepFate.IsLost, StepFate.AnswerIsLost, StepFate.Arrives]);
        _shop.Meets(step => lost.TryDequeue(out var fate) ? fate : StepFate.Arrives);
        Open("ann", 100);
        Open("bob", 0);
        _shop.Execute("t-1", new Transfer("ann", "bob", 30));
        Assert.Equal(TransactionState.Retrying, State<ITransferGrain>("t-1"));
        _shop.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((TransactionState.Completed, 70m, 30m), (State<ITransferGrain>("t-1"), Balance("ann"), Balance("bob")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void whatever_is_lost_whatever_crashes_and_whatever_comes_first_the_books_agree(int seed)
    {
        var chance = new Random(seed);
        var names = Enumerable.Range(0, 4).Select(number => $"a-{number}").ToList();
        _shop.InOrderOf(seed).Meets(_ => (StepFate)chance.Next(3));
        foreach (var name in names) Open(name, 20);
        _shop.Execute("tea", new AddStock(10));
        for (var number = 0; number < 30; number++)
        {
            _shop.Execute($"t-{number}", new Transfer(names[chance.Next(4)], names[chance.Next(4)], chance.Next(1, 15)));
            _shop.Execute($"o-{number}", new PlaceOrder(names[chance.Next(4)], "tea", 1, 5, $"p-{number}", chance.Next(3) == 0 ? "AQ" : "DE"));
            if (chance.Next(5) == 0) _shop.Crash();
            _shop.Advance(TimeSpan.FromSeconds(chance.Next(5)));
        }

        _shop.Meets(_ => StepFate.Arrives).Advance(TimeSpan.FromHours(1));
        Assert.All(Enumerable.Range(0, 30), number => Assert.True(_shop.Transaction<ITransferGrain>($"t-{number}").IsEnded));
        var sent = Enumerable.Range(0, 30).Count(number => State<IOrderGrain>($"o-{number}") == TransactionState.Completed);
        Assert.Equal(sent, Enumerable.Range(0, 30).Count(number => _shop.Events<IShipmentGrain>($"p-{number}").Count > 0));
        Assert.Equal((10 - sent, 80m - (5 * sent), 0m), (_shop.Query("tea", new GetStock()), names.Sum(Balance), names.Sum(name => Account(name).Reserved)));
    }

    [Fact]
    public async Task a_start_beyond_the_limit_of_its_kind_is_refused_until_one_has_ended()
    {
        _shop.AtMost<ITransferGrain>(1).Meets(_ => StepFate.IsLost);
        Open("ann", 100);
        Open("bob", 0);
        var first = _shop.Run("t-1", new Transfer("ann", "bob", 30));

        var busy = Assert.Throws<BusyException>(() => _shop.Execute("t-2", new Transfer("ann", "bob", 30)));
        Assert.Equal((ErrorCodes.Busy, TransactionState.NotStarted), (busy.Code, State<ITransferGrain>("t-2")));
        Assert.Equal("already-started", _shop.Execute("t-1", new Transfer("ann", "bob", 30)).Code);
        _shop.Meets(_ => StepFate.Arrives).Advance(TimeSpan.FromMinutes(1));
        _shop.Execute("t-2", new Transfer("ann", "bob", 30));

        Assert.Equal(TransactionState.Completed, (await first).State);
        Assert.Equal((40m, 60m), (Balance("ann"), Balance("bob")));
    }

    [Fact]
    public void what_a_decision_sends_waits_for_room()
    {
        _shop.AtMost<ITransferGrain>(1).Meets(step => step.Transaction == "shop.transfer/t-1" ? StepFate.IsLost : StepFate.Arrives);
        Open("ann", 100);
        Open("bob", 0);
        _shop.Execute("t-1", new Transfer("ann", "bob", 1));
        _shop.Execute("rent", new StartStandingOrder("ann", "bob", 10, TimeSpan.FromDays(30)));

        _shop.Advance(TimeSpan.FromDays(31));
        Assert.Equal((TransactionState.NotStarted, 0m), (State<ITransferGrain>("rent-1"), Balance("bob")));
        _shop.Meets(_ => StepFate.Arrives).Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((TransactionState.Completed, 11m), (State<ITransferGrain>("rent-1"), Balance("bob")));
    }

    [Fact]
    public async Task who_asks_for_the_end_gets_it_whatever_is_lost_and_who_asks_again_the_same()
    {
        _shop.Meets(_ => StepFate.AnswerIsLost);
        Open("ann", 100);
        Open("bob", 0);
        var first = _shop.Run("t-1", new Transfer("ann", "bob", 30), "start-1");
        _shop.Crash();
        var again = _shop.Run("t-1", new Transfer("ann", "bob", 30), "start-1");
        Assert.False(first.IsCompleted || again.IsCompleted);

        _shop.Meets(_ => StepFate.Arrives).Advance(TimeSpan.FromMinutes(1));
        var later = _shop.Run("t-1", new Transfer("ann", "bob", 30), "start-1");
        var other = await _shop.Run("t-1", new Transfer("ann", "bob", 30));

        Assert.Equal((TransactionState.Completed, 70m), ((await first).State, (await first).Reply<decimal>()));
        Assert.Equal((await first, await first), (await again, await later));
        Assert.Equal((TransactionState.NotStarted, "already-started"), (other.State, other.Code));
        Assert.Equal(70m, Balance("ann"));
    }

    [Fact]
    public void a_kind_that_is_unknown_and_an_id_that_cannot_be_are_named()
    {
        Assert.Contains("no 'demo.collection'", Assert.Throws<SpecificationException>(() => _shop.Execute("1", new Collect(["ann"], "club", 1))).Message, StringComparison.Ordinal);
        Assert.Throws<SpecificationException>(() => Open("", 1));
        Assert.Throws<ModelException>(() => InMemoryDomain.Of(typeof(Xunit.FactAttribute).Assembly));
    }

    private void Open(string id, decimal deposit) => _shop.Execute(id, new OpenAccount(id, deposit));

    private AccountView Account(string id) => _shop.Query(id, new GetAccount());

    private decimal Balance(string id) => Account(id).Balance;

    private TransactionState State<TContract>(string id) where TContract : ITransactionGrain => _shop.Transaction<TContract>(id).State;
}
