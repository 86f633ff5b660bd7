using System.Globalization;
using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>The judge of broadcasts is judged: each kind of violation is planted in books that agree, and it alone is found.</summary>
public sealed class BonusCheckerTests
{
    private const string Source = "subscription:shop.payments";

    // Two accounts have joined; two bonuses came to both, and one whose acknowledgement was lost to one of them so far.
    private readonly List<HistoryRecord> _history =
    [
        .. Answered("shop.account/a", "join-0", 0, 0), .. Answered("shop.account/b", "join-1", 0, 0),
        Bonus(ClientEvent.Sent, 1), Bonus(ClientEvent.Accepted, 1), Bonus(ClientEvent.Sent, 2), Bonus(ClientEvent.Accepted, 2),
        Bonus(ClientEvent.Sent, 3), Bonus(ClientEvent.Unknown, 3),
    ];

    private readonly List<LedgerEntry> _ledger =
    [
        new("shop.account/a", "join-0", true, null, 0, 0, null, "kafka:0"),
            new("shop.account/b", "join-1", true, null, 0, 0, null, "kafka:0"),
        Got("a", 1, 0), Got("a", 2, 1), Got("b", 1, 0), Got("b", 2, 1), Got("b", 3, 2),
    ];

    private readonly List<StoredEntry> _events = [Change("a", 1, 1), Change("a", 2, 2), Change("b", 1, 1), Change("b", 2, 2),
        Change("b", 3, 3)];

    [Fact]
    public void books_that_agree_have_no_violation() => Expect();

    [Fact]
    public void a_bonus_that_did_not_come_to_one_of_them()
    {
        _ledger.Remove(Got("a", 2, 1));
        _events.Remove(Change("a", 2, 2));
        Expect(ViolationKind.BroadcastDiffers);
    }

    [Fact]
    public void a_bonus_that_came_twice_under_two_ids()
    {
        _ledger.Add(Got("a", 2, 2) with { CommandId = "a-2-again" });
        _events.Add(Change("a", 2, 3) with { CommandId = "a-2-again" });
        Expect(ViolationKind.BroadcastDiffers);
    }

    [Fact]
    public void bonuses_that_came_in_another_order()
    {
        _ledger[2] = Got("a", 1, 1);
        _ledger[3] = Got("a", 2, 0);
        (_events[0], _events[1]) = (Change("a", 1, 2), Change("a", 2, 1));
        Expect(ViolationKind.BroadcastDiffers);
    }

    [Fact]
    public void a_bonus_that_nobody_wrote()
    {
        _ledger.Add(Got("a", 9, 2));
        _events.Add(Change("a", 9, 3));
        Expect(ViolationKind.BroadcastDiffers);
    }

    [Fact]
    public void a_bonus_of_an_account_that_has_not_joined()
    {
        _ledger.Add(Got("c", 1, 0));
        _events.Add(Change("c", 1, 1));
        Expect(ViolationKind.NeverSent);
    }

    private void Expect(params ViolationKind[] expected)
    {
        var streams = _events.GroupBy(entry => entry.Stream).ToList();
        var log = new StoredLog(
            _ledger, _events, streams.ToDictionary(stream => stream.Key, stream => stream.Max(entry => entry.Version)),
            streams.ToDictionary(stream => stream.Key, stream => new ProjectedAccount(
                stream.Sum(entry => entry.Change), stream.Max(entry => entry.Version))),
            [], [], [], 0);
        Assert.Equal(expected, Checker.Check(_history, log).Select(violation => violation.Kind));
    }

    private static LedgerEntry Got(string account, int bonus, long before) =>
        new($"shop.account/{account}", Id(account, bonus), true, null, before, before + 1, null, Source);

    private static StoredEntry Change(string account, int bonus, long version) =>
        new($"shop.account/{account}", version, Id(account, bonus), bonus / 100m);

    private static string Id(string account, int bonus) => string.Create(CultureInfo.InvariantCulture, $"{account}-{bonus}");

    private static HistoryRecord Bonus(ClientEvent @event, int number) => new()
    {
        Event = @event, At = 1, Client = 0, Stream = Bonuses.Stream, CommandId = string.Create(
            CultureInfo.InvariantCulture, $"bonus-{number}"),
        Reply = (number / 100m).ToString(CultureInfo.InvariantCulture),
    };

    private static IEnumerable<HistoryRecord> Answered(string stream, string id, long before, long after) =>
    [
        new() { Event = ClientEvent.Sent, At = 1, Client = 0, Stream = stream, CommandId = id },
        new() { Event = ClientEvent.Accepted, At = 1, Client = 0, Stream = stream, CommandId = id, Before = before, After = after },
    ];
}
