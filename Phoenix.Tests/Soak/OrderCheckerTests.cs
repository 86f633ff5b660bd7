using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Phoenix.Transactions;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>The judge of orders is judged: each kind of violation is planted in books that agree, and it alone is found.</summary>
public sealed class OrderCheckerTests
{
    private const string Done = "shop.order/o-1";
    private const string Undone = "shop.order/o-2";
    private const string Product = "shop.product/p";

    // One order went through, one could not be delivered.
    private readonly List<HistoryRecord> _history = [Sent(Done, "o-1"), Sent(Undone, "o-2"), Sent(Product, "stock")];

    private readonly List<LedgerEntry> _ledger =
    [
        Entry(Done, "o-1", "kafka:0"), Step(Steps.Take(Done)), Step(Steps.Reserve(Done)), Step(Steps.Ship(Done)), Step(Steps.Pay(Done)),
        Entry(Done, "fact-1", "transaction"),
        Entry(Undone, "o-2", "kafka:0"), Step(Steps.Take(Undone)), Step(Steps.Reserve(Undone)), Step(Steps.Ship(Undone), isAccepted: false),
        Step(Steps.Release(Undone)), Step(Steps.PutOnShelf(Undone)), Entry(Undone, "wake", "timer"),
    ];

    private readonly List<StoredOrder> _orders = [new(Done, true), new(Undone, false)];
    private readonly List<StoredEntry> _events = [];

    [Fact]
    public void books_that_agree_have_no_violation() => Expect();

    [Fact]
    public void the_ids_of_steps_are_those_of_the_engine() => Assert.Equal(
        [
            StepId.Of(Done, "stock", StepPhase.Do, 1), StepId.Of(Done, "stock", StepPhase.Undo, 1), StepId.Of(Done, "pay", StepPhase.Do, 1),
            StepId.Of(Done, "pay", StepPhase.Confirm, 1), StepId.Of(Done, "pay", StepPhase.Cancel, 1), StepId.Of(Done, "ship", StepPhase.Do, 1),
        ],
        new[] { Steps.Take(Done), Steps.PutOnShelf(Done), Steps.Reserve(Done), Steps.Pay(Done), Steps.Release(Done), Steps.Ship(Done) });

    [Fact]
    public void an_order_without_an_end()
    {
        _orders[0] = new(Done, null);
        Expect(ViolationKind.TransactionNotEnded);
    }

    [Theory]
    [InlineData("stock", StepPhase.Do)]
    [InlineData("pay", StepPhase.Do)]
    [InlineData("pay", StepPhase.Confirm)]
    [InlineData("ship", StepPhase.Do)]
    public void a_completed_order_that_lacks_a_step(string step, StepPhase phase)
    {
        _ledger.RemoveAll(entry => entry.CommandId == StepId.Of(Done, step, phase, 1));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Theory]
    [InlineData("stock", StepPhase.Undo)]
    [InlineData("pay", StepPhase.Cancel)]
    public void a_completed_order_of_which_something_was_taken_back(string step, StepPhase phase)
    {
        _ledger.Add(Step(StepId.Of(Done, step, phase, 1)));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Theory]
    [InlineData("stock", StepPhase.Undo)]
    [InlineData("pay", StepPhase.Cancel)]
    public void an_undone_order_that_keeps_something(string step, StepPhase phase)
    {
        _ledger.RemoveAll(entry => entry.CommandId == StepId.Of(Undone, step, phase, 1));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Theory]
    [InlineData("pay", StepPhase.Confirm)]
    [InlineData("ship", StepPhase.Do)]
    public void an_undone_order_that_was_paid_or_sent(string step, StepPhase phase)
    {
        _ledger.RemoveAll(entry => entry.CommandId == StepId.Of(Undone, step, phase, 1));
        _ledger.Add(Step(StepId.Of(Undone, step, phase, 1)));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void a_step_of_no_order()
    {
        _ledger.Add(Step(Steps.Take("shop.order/nobody")));
        Expect(ViolationKind.NeverSent);
    }

    [Fact]
    public void more_pieces_than_lay_on_the_shelf()
    {
        _ledger.Add(new(Product, "stock", true, null, 0, 2, null, "kafka:0"));
        _events.AddRange([new(Product, 1, "stock", 3), new(Product, 2, "stock", -4)]);
        Expect(ViolationKind.Overdrawn);
    }

    private void Expect(params ViolationKind[] expected) => Assert.Equal(
        expected,
        Checker.Check(_history, new(
            _ledger, _events, new Dictionary<string, long> { [Product] = _events.Count }, new Dictionary<string, ProjectedAccount>(), [], [], _orders, 0))
        .Select(violation => violation.Kind));

    private static HistoryRecord Sent(string stream, string id) =>
        new() { Event = ClientEvent.Sent, At = 1, Client = 0, Stream = stream, CommandId = id };

    private static LedgerEntry Step(string id, bool isAccepted = true) => Entry("shop.somewhere/x", id, "transaction", isAccepted);

    // Without events: what they do to versions and money is judged elsewhere.
    private static LedgerEntry Entry(string stream, string id, string source, bool isAccepted = true) =>
        new(stream, id, isAccepted, isAccepted ? null : "no", 0, 0, null, source);
}
