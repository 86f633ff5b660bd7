using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>The judge is judged: each kind of violation is planted in books that agree, and it alone is found.</summary>
public sealed class CheckerTests
{
    private const string Account = "shop.account/a";

    // An account is opened with 100 (two events), gets 10, refuses to give 500, and a deposit of 5 whose answer was lost has happened.
    private readonly List<HistoryRecord> _history =
    [
        Record(ClientEvent.Sent, "open"), Record(ClientEvent.Accepted, "open", 0, 2, reply: "100"),
        Record(ClientEvent.Sent, "deposit"), Record(ClientEvent.Accepted, "deposit", 2, 3, reply: "110"),
        Record(ClientEvent.Sent, "deposit"), Record(ClientEvent.Accepted, "deposit", 2, 3, reply: "110", repeated: true),
        Record(ClientEvent.Sent, "withdraw"), Record(ClientEvent.Rejected, "withdraw", 3, 3, code: "insufficient-funds"),
        Record(ClientEvent.Sent, "lost"), Record(ClientEvent.Unknown, "lost"),
        Record(ClientEvent.Sent, "never"), Record(ClientEvent.Unknown, "never"),
    ];

    private readonly List<LedgerEntry> _ledger =
    [
        new(Account, "open", true, null, 0, 2, "100", "kafka:0"), new(Account, "deposit", true, null, 2, 3, "110", "kafka:0"),
        new(Account, "withdraw", false, "insufficient-funds", 3, 3, null, "kafka:0"),
        new(Account, "lost", true, null, 3, 4, "115", "kafka:0"),
    ];

    private readonly List<StoredEntry> _events = [new(Account, 1, "open", 0), new(Account, 2, "open", 100), new(Account, 3, "deposit", 10),
        new(Account, 4, "lost", 5)];
    private readonly Dictionary<string, long> _streams = new() { [Account] = 4 };
    private readonly Dictionary<string, ProjectedAccount> _accounts = new() { [Account] = new(115, 4) };

    private readonly List<StoredTransfer> _transfers = [];
    private readonly List<StoredPayment> _payments = [];

    [Fact]
    public void books_that_agree_have_no_violation() => Expect();

    [Fact]
    public void an_acknowledged_command_that_is_nowhere()
    {
        _history.AddRange([Record(ClientEvent.Sent, "gone"), Record(ClientEvent.Accepted, "gone", 4, 5, reply: "120")]);
        Expect(ViolationKind.AnsweredNotRecorded);
    }

    [Fact]
    public void an_acknowledged_rejection_that_is_nowhere()
    {
        _ledger.RemoveAll(entry => entry.CommandId == "withdraw");
        Expect(ViolationKind.AnsweredNotRecorded);
    }

    [Fact]
    public void an_answer_that_the_ledger_does_not_confirm()
    {
        Change("deposit", entry => entry with { Reply = "111" });
        Expect(ViolationKind.AnswerDiffers);
    }

    [Fact]
    public void a_repeat_with_another_answer()
    {
        _history[5] = _history[5] with { Reply = "120" };
        Expect(ViolationKind.RepeatDiffers, ViolationKind.AnswerDiffers);
    }

    [Fact]
    public void events_of_an_acknowledged_command_that_are_missing()
    {
        _events[2] = _events[2] with { CommandId = "lost" };
        Expect(ViolationKind.EventsDiffer, ViolationKind.UnknownTwice);
    }

    [Fact]
    public void an_effect_that_is_doubled()
    {
        _events.Add(new(Account, 5, "deposit", 10));
        (_streams[Account], _accounts[Account]) = (5, new(125, 5));
        Expect(ViolationKind.EventsDiffer);
    }

    [Fact]
    public void a_rejected_command_with_events()
    {
        _events.Add(new(Account, 5, "withdraw", -50));
        (_streams[Account], _accounts[Account]) = (5, new(65, 5));
        Expect(ViolationKind.RejectedHasEvents);
    }

    [Fact]
    public void an_unknown_command_with_two_effects()
    {
        _events.Add(new(Account, 5, "lost", 5));
        (_streams[Account], _accounts[Account]) = (5, new(120, 5));
        Expect(ViolationKind.UnknownTwice);
    }

    [Fact]
    public void an_unknown_command_twice_in_the_ledger()
    {
        _ledger.Add(new(Account, "lost", true, null, 4, 5, "120", "kafka:0"));
        _events.Add(new(Account, 5, "lost", 5));
        (_streams[Account], _accounts[Account]) = (5, new(120, 5));
        Expect(ViolationKind.UnknownTwice);
    }

    [Fact]
    public void a_command_that_nobody_sent()
    {
        _ledger.Add(new(Account, "ghost", true, null, 4, 5, "120", "kafka:0"));
        _events.Add(new(Account, 5, "ghost", 5));
        (_streams[Account], _accounts[Account]) = (5, new(120, 5));
        Expect(ViolationKind.NeverSent);
    }

    [Fact]
    public void a_gap_in_the_versions()
    {
        _events[3] = _events[3] with { Version = 5 };
        Change("lost", entry => entry with { Before = 4, After = 5 });
        (_streams[Account], _accounts[Account]) = (5, new(115, 5));
        Expect(ViolationKind.VersionsNotContiguous);
    }

    [Fact]
    public void a_stream_version_that_is_not_its_events()
    {
        _streams[Account] = 5;
        Expect(ViolationKind.VersionsNotContiguous);
    }

    [Fact]
    public void a_withdrawal_decided_on_money_that_was_not_there()
    {
        _events[3] = _events[3] with { Change = -500 };
        _accounts[Account] = new(-390, 4);
        Expect(ViolationKind.Overdrawn);
    }

    [Theory]
    [InlineData(116, 4)]
    [InlineData(115, 3)]
    public void a_read_model_that_differs(int balance, long version)
    {
        _accounts[Account] = new(balance, version);
        Expect(ViolationKind.ProjectionDiffers);
    }

    [Fact]
    public void a_read_model_row_without_events()
    {
        _accounts["shop.account/b"] = new(1, 1);
        Expect(ViolationKind.ProjectionDiffers);
    }

    [Fact]
    public void a_broken_last_line_of_a_killed_client_is_no_history()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "history.jsonl");
        using (var file = new HistoryFile(path))
        {
            foreach (var record in _history) file.Write(record);
        }

        File.AppendAllText(path, """{"Event":"Sent","At":1,"Cli""");
        Assert.Equal(_history, HistoryFile.Read(path));
    }

    private void Expect(params ViolationKind[] expected) =>
        Assert.Equal(expected.Order(), Checker.Check(_history, new(_ledger, _events, _streams, _accounts, _transfers, _payments, [], 0))
            .Select(violation => violation.Kind).Order());

    private void Change(string commandId, Func<LedgerEntry, LedgerEntry> change)
    {
        var index = _ledger.FindIndex(entry => entry.CommandId == commandId);
        _ledger[index] = change(_ledger[index]);
    }

    private static HistoryRecord Record(ClientEvent @event, string id, long? before = null, long? after = null, string? code = null, string? reply = null, bool repeated = false) =>
        new() { Event = @event, At = 1, Client = 0, Stream = Account, CommandId = id, Before = before, After = after, Code = code,
            Reply = reply, Repeated = repeated };
}
