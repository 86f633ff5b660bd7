using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Phoenix.Transactions;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>
/// The judge of transactions, timers and sends is judged: each kind of violation is planted in books that agree, and it alone is found.
/// </summary>
public sealed class TransferCheckerTests
{
    private const string Order = "shop.standing-order/rent";
    private const string Done = "shop.transfer/rent-1";
    private const string Undone = "shop.transfer/t";

    // A standing order was started and paid once by its timer, which sent a transfer; a client sent another one, whose deposit was refused.
    private readonly List<HistoryRecord> _history = [Sent(Order, "start"), Sent(Undone, "t")];

    private readonly List<LedgerEntry> _ledger =
    [
        Entry(Order, "start", "kafka:0"), Entry(Order, "timer-1", "timer"), Entry(Done, "send-1", $"send:{Order}"),
            Entry(Undone, "t", "kafka:0"),
        Entry("shop.account/a", Steps.Withdraw(Done), "transaction"), Entry("shop.account/b", Steps.Deposit(Done), "transaction"),
        Entry(Done, "fact-1", "transaction"),
        Entry("shop.account/a", Steps.Withdraw(Undone), "transaction"),
        Entry("shop.account/b", Steps.Deposit(Undone), "transaction", isAccepted: false),
        Entry("shop.account/a", Steps.PutBack(Undone), "transaction"), Entry(Undone, "wake", "timer"),
    ];

    private readonly List<StoredTransfer> _transfers = [new(Done, true), new(Undone, false)];
    private readonly List<StoredPayment> _payments = [new("rent", 1)];
    private readonly Dictionary<string, long> _streams = new() { [Order] = 0 };
    private long _due;

    [Fact]
    public void books_that_agree_have_no_violation() => Expect();

    [Fact]
    public void the_ids_of_steps_are_those_of_the_engine()
    {
        Assert.Equal(StepId.Of(Done, "withdraw", StepPhase.Do, 1), Steps.Withdraw(Done));
        Assert.Equal(StepId.Of(Done, "withdraw", StepPhase.Undo, 1), Steps.PutBack(Done));
        Assert.Equal(StepId.Of(Done, "deposit", StepPhase.Do, 1), Steps.Deposit(Done));
    }

    [Fact]
    public void a_transfer_without_an_end()
    {
        _transfers[0] = new(Done, null);
        Expect(ViolationKind.TransactionNotEnded);
    }

    [Fact]
    public void a_completed_transfer_that_did_not_give()
    {
        _ledger.RemoveAt(5);
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void a_completed_transfer_that_was_put_back()
    {
        _ledger.Add(Entry("shop.account/a", Steps.PutBack(Done), "transaction"));
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void an_undone_transfer_that_keeps_the_money()
    {
        _ledger.RemoveAt(9);
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void an_undone_transfer_that_gave()
    {
        _ledger[8] = Entry("shop.account/b", Steps.Deposit(Undone), "transaction");
        Expect(ViolationKind.TransactionEndDiffers);
    }

    [Fact]
    public void a_step_of_no_transfer()
    {
        _ledger.Add(Entry("shop.account/a", Steps.Withdraw("shop.transfer/nobody"), "transaction"));
        Expect(ViolationKind.NeverSent);
    }

    [Fact]
    public void a_timer_that_nobody_set()
    {
        _ledger.Add(Entry("shop.account/a", "timer-2", "timer"));
        Expect(ViolationKind.NeverSent);
    }

    [Fact]
    public void a_transfer_that_no_payment_sent()
    {
        _ledger.Add(Entry("shop.transfer/rent-2", "send-2", $"send:{Order}"));
        _transfers.Add(new("shop.transfer/rent-2", true));
        _ledger.AddRange([
            Entry("shop.account/a", Steps.Withdraw("shop.transfer/rent-2"), "transaction"),
                Entry("shop.account/b", Steps.Deposit("shop.transfer/rent-2"), "transaction"),
        ]);
        Expect(ViolationKind.NeverSent);
    }

    [Fact]
    public void a_payment_whose_transfer_never_came()
    {
        _payments.Add(new("rent", 2));
        Expect(ViolationKind.SendLost);
    }

    [Fact]
    public void an_order_whose_timer_stopped()
    {
        _streams["shop.standing-order/other"] = 0;
        for (var number = 2; number < 10; number++) AddPayment(number);
        Expect(ViolationKind.TimerLost);
    }

    [Fact]
    public void a_timer_that_is_left_over()
    {
        _due = 1;
        Expect(ViolationKind.TimerLost);
    }

    private void AddPayment(int number)
    {
        var payment = new StoredPayment("rent", number);
        _payments.Add(payment);
        _transfers.Add(new(payment.Transfer, true));
        _ledger.AddRange([
            Entry(payment.Transfer, $"send-{number}", $"send:{Order}"),
            Entry("shop.account/a", Steps.Withdraw(payment.Transfer), "transaction"),
            Entry("shop.account/b", Steps.Deposit(payment.Transfer), "transaction"),
        ]);
    }

    private void Expect(params ViolationKind[] expected) => Assert.Equal(
        expected,
        Checker.Check(_history, new(_ledger, [], _streams, new Dictionary<string, ProjectedAccount>(), _transfers, _payments, [], _due))
        .Select(violation => violation.Kind));

    private static HistoryRecord Sent(string stream, string id) =>
        new() { Event = ClientEvent.Sent, At = 1, Client = 0, Stream = stream, CommandId = id };

    // Without events: what they do to versions and money is judged elsewhere.
    private static LedgerEntry Entry(string stream, string id, string source, bool isAccepted = true) =>
        new(stream, id, isAccepted, isAccepted ? null : "no", 0, 0, null, source);
}
