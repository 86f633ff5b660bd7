using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>The judge of what clients are told of ends, and of starts that are refused, is judged.</summary>
public sealed class EndCheckerTests
{
    private const string Done = "shop.transfer/t-1";
    private const string Undone = "shop.transfer/t-2";
    private const string Refused = "shop.transfer/t-3";

    private readonly List<HistoryRecord> _history =
    [
        Note(ClientEvent.Sent, Done), Note(ClientEvent.Unknown, Done), Note(ClientEvent.Sent, Done),
        Note(ClientEvent.Completed, Done, reply: "70"), Note(ClientEvent.Completed, Done, reply: "70"),
        Note(ClientEvent.Sent, Undone), Note(ClientEvent.Compensated, Undone, "not-open"),
        Note(ClientEvent.Sent, Refused), Note(ClientEvent.Refused, Refused),
    ];

    private readonly Dictionary<string, StoredEnd> _ends =
        new() { [Done] = new(true, null, "70"), [Undone] = new(false, "not-open", null) };
    private readonly Dictionary<string, long> _streams = [];
    private readonly List<LedgerEntry> _ledger = [];

    [Fact]
    public void books_that_agree_have_no_violation() => Expect();

    [Fact]
    public void an_end_that_is_not_stored()
    {
        _ends.Remove(Done);
        Expect(ViolationKind.EndToldDiffers);
    }

    [Fact]
    public void an_end_that_was_told_otherwise()
    {
        _ends[Undone] = new(true, null, null);
        Expect(ViolationKind.EndToldDiffers);
    }

    [Fact]
    public void a_reply_that_was_told_otherwise()
    {
        _ends[Done] = new(true, null, "71");
        Expect(ViolationKind.EndToldDiffers);
    }

    [Fact]
    public void two_answers_that_differ()
    {
        _history.Add(Note(ClientEvent.Compensated, Done, "not-open"));
        Expect(ViolationKind.EndToldDiffers);
    }

    [Fact]
    public void a_start_that_was_refused_and_has_a_stream()
    {
        _streams[Refused] = 0;
        Expect(ViolationKind.RefusedTookEffect);
    }

    [Fact]
    public void a_start_that_was_refused_and_is_in_the_ledger()
    {
        _ledger.Add(new(Refused, "start", false, "no", 0, 0, null, "call"));
        Expect(ViolationKind.RefusedTookEffect);
    }

    [Fact]
    public void a_start_whose_other_answer_nobody_knows_may_have_been_taken()
    {
        _history.Add(Note(ClientEvent.Unknown, Refused));
        _ledger.Add(new(Refused, "start", false, "no", 0, 0, null, "call"));
        Expect();
    }

    private void Expect(params ViolationKind[] expected) => Assert.Equal(
        expected,
        Checker.Check(_history, new(_ledger, [], _streams, new Dictionary<string, ProjectedAccount>(), [], [], [], 0) { Ends = _ends })
            .Select(violation => violation.Kind));

    private static HistoryRecord Note(ClientEvent @event, string stream, string? code = null, string? reply = null) =>
        new() { Event = @event, At = 1, Client = 0, Stream = stream, CommandId = "start", Code = code, Reply = reply };
}
