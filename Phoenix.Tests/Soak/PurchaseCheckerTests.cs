using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Phoenix.Transactions;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>
/// The judge of purchases, whose steps are at two services, is judged: each kind of violation is planted in books that agree, and it alone
/// is found.
/// </summary>
public sealed class PurchaseCheckerTests
{
    private const string Prefix = "soak-1";
    private const string Done = "shop.purchase/p-1";
    private const string Undone = "shop.purchase/p-2";
    private const string Goods = "warehouse.goods/g";

    // One purchase went through, one could not be delivered.
    private readonly List<HistoryRecord> _history = [Sent(Done, "p-1"), Sent(Undone, "p-2")];

    private readonly List<LedgerEntry> _ledger =
    [
        Entry(Done, "p-1", "kafka:0"), Step(Steps.Reserve(Done)), Step(Steps.Pay(Done)), Entry(Done, "fact-1", "transaction"),
        Entry(Undone, "p-2", "kafka:0"), Step(Steps.Reserve(Undone)), Step(Steps.Release(Undone)),
    ];

    private readonly List<LedgerEntry> _warehouse =
    [
        Entry(Goods, "stock", "kafka:0", after: 1), Entry(Goods, Steps.TakeGoods(Prefix, Done), "kafka:0", before: 1, after: 2),
        There("warehouse.parcel/p-1", Steps.Pack(Prefix, Done)),
        Entry(Goods, Steps.TakeGoods(Prefix, Undone), "kafka:0", before: 2, after: 3),
        There("warehouse.parcel/p-2", Steps.Pack(Prefix, Undone), isAccepted: false),
        Entry(Goods, Steps.StoreGoods(Prefix, Undone), "kafka:0", before: 3, after: 4),
    ];

    private readonly List<StoredEntry> _events =
    [
        new(Goods, 1, "stock", 5), new(Goods, 2, Steps.TakeGoods(Prefix, Done), -2), new(Goods, 3, Steps.TakeGoods(Prefix, Undone), -2),
        new(Goods, 4, Steps.StoreGoods(Prefix, Undone), 2),
    ];

    private readonly Dictionary<string, bool?> _purchases = new() { [Done] = true, [Undone] = false };

    [Fact]
    public void books_that_agree_have_no_violation() => Expect();

    [Fact]
    public void the_ids_of_steps_are_those_of_the_engine()
    {
        var there = StepUri.TransactionOf(Prefix, Done);
        Assert.Equal(
            [
                StepId.Of(there, "take", StepPhase.Do, 1), StepId.Of(there, "take", StepPhase.Undo, 1),
                StepId.Of(there, "pack", StepPhase.Do, 1),
            ],
            new[] { Steps.TakeGoods(Prefix, Done), Steps.StoreGoods(Prefix, Done), Steps.Pack(Prefix, Done) });
    }

    [Fact]
    public void a_purchase_without_an_end()
    {
        _purchases[Done] = null;
        Expect(ViolationKind.TransactionNotEnded);
    }

    [Theory]
    [InlineData("pay", StepPhase.Do)]
    [InlineData("pay", StepPhase.Confirm)]
    public void a_completed_one_that_was_not_paid(string step, StepPhase phase)
    {
        _ledger.RemoveAll(entry => entry.CommandId == StepId.Of(Done, step, phase, 1));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void a_completed_one_that_was_not_packed()
    {
        _warehouse.RemoveAll(entry => entry.CommandId == Steps.Pack(Prefix, Done));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void a_completed_one_whose_goods_were_put_back()
    {
        _warehouse.Add(There("warehouse.goods/other", Steps.StoreGoods(Prefix, Done)));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void an_undone_one_whose_goods_are_gone()
    {
        _warehouse.RemoveAll(entry => entry.CommandId == Steps.StoreGoods(Prefix, Undone));
        _events.RemoveAll(entry => entry.CommandId == Steps.StoreGoods(Prefix, Undone));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void an_undone_one_whose_money_is_still_reserved()
    {
        _ledger.RemoveAll(entry => entry.CommandId == Steps.Release(Undone));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void an_undone_one_that_was_packed()
    {
        _warehouse.RemoveAll(entry => entry.CommandId == Steps.Pack(Prefix, Undone));
        _warehouse.Add(There("warehouse.parcel/p-2", Steps.Pack(Prefix, Undone)));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void a_step_of_no_purchase()
    {
        _warehouse.Add(There("warehouse.parcel/p-3", Steps.Pack(Prefix, "shop.purchase/nobody")));
        Expect(ViolationKind.NeverSent);
    }

    [Fact]
    public void goods_that_were_taken_twice_by_one_step()
    {
        _events.Add(new(Goods, 5, Steps.TakeGoods(Prefix, Done), -1));
        Expect(ViolationKind.UnknownTwice);
    }

    [Fact]
    public void more_goods_than_there_were()
    {
        _events[0] = new(Goods, 1, "stock", 3);
        Expect(ViolationKind.Overdrawn);
    }

    private void Expect(params ViolationKind[] expected) => Assert.Equal(
        expected,
        Checker.Check(_history, new(
            _ledger, [], new Dictionary<string, long>(), new Dictionary<string, ProjectedAccount>(), [], [], [], 0)
        {
            Purchases = _purchases, Warehouse = new(Prefix, _warehouse, _events),
        }).Select(violation => violation.Kind));

    private static HistoryRecord Sent(string stream, string id) =>
        new() { Event = ClientEvent.Sent, At = 1, Client = 0, Stream = stream, CommandId = id };

    private static LedgerEntry Step(string id) => Entry("shop.account/a", id, "transaction");

    private static LedgerEntry There(string stream, string id, bool isAccepted = true) => Entry(stream, id, "kafka:0", isAccepted);

    // Without events where versions are alike: what they do to versions and money is judged elsewhere.
    private static LedgerEntry Entry(string stream, string id, string source, bool isAccepted = true, long before = 0, long after = 0) =>
        new(stream, id, isAccepted, isAccepted ? null : "no", before, after, null, source);
}
