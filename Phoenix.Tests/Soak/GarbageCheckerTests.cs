using Confluent.Kafka;
using Phoenix.Runs.Checking;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>The judge of records and letters is judged: each kind of violation is planted in books that agree, and it alone is found.</summary>
public sealed class GarbageCheckerTests
{
    private readonly List<LoggedRecord> _records =
    [
        new("l:0:0", "a", "c-1", null, null),
        new("l:0:1", "a", "c-2", null, "r-2"),
        new("l:0:2", "a", "g-1", Garbage.Decided, "g-1"),
        new("l:0:3", "b", "g-2", Garbage.Told, "g-2"),
        new("l:1:0", null, "g-3", Garbage.PutAside, "g-3"),
        new("l:1:1", "b", null, Garbage.PutAside, null),
    ];

    private readonly List<LedgerEntry> _ledger = [Decided("a", "c-1"), Decided("a", "g-1"), Decided("z", "elsewhere")];

    private readonly HashSet<string> _letters = ["l:0:1", "l:0:3", "l:1:0", "l:1:1", "other:0:0"];

    private readonly HashSet<string> _failed = ["g-2"];

    [Fact]
    public void books_that_agree_have_no_violation() => Finds(null);

    [Fact]
    public void a_command_that_has_no_end()
    {
        _ledger.RemoveAt(0);
        Finds("l:0:0", "is neither decided nor a dead letter");
    }

    [Fact]
    public void a_letter_that_is_of_another_life()
    {
        _letters.Remove("l:0:1");
        _letters.Add("m:0:1");
        Finds("l:0:1", "is neither decided nor a dead letter");
    }

    [Fact]
    public void a_command_whose_key_got_it_is_another()
    {
        _ledger[0] = Decided("b", "c-1");
        Finds("l:0:0", "is neither decided nor a dead letter");
    }

    [Fact]
    public void garbage_that_only_informs_wrongly_and_is_not_decided()
    {
        _ledger.RemoveAt(1);
        Finds("l:0:2", "is nowhere decided");
    }

    [Fact]
    public void garbage_that_was_decided_and_is_a_letter_too()
    {
        _letters.Add("l:0:2");
        Finds("l:0:2", "was decided and is a dead letter");
    }

    [Fact]
    public void garbage_that_was_decided_and_should_not_be()
    {
        _ledger.Add(Decided("b", "g-2"));
        Finds("l:0:3", "was decided");
    }

    [Fact]
    public void garbage_that_is_gone()
    {
        _letters.Remove("l:1:1");
        Finds("l:1:1", "is no dead letter");
    }

    [Fact]
    public void a_sender_that_was_not_told()
    {
        _failed.Clear();
        Finds("l:0:3", "its sender was not told");
    }

    [Theory]
    [InlineData(3, 5, null)]
    [InlineData(2, 5, "2 letters say that they are settled by a replay; the runs say 3.")]
    [InlineData(3, 6, "6 letters say that they are settled by a discard; the runs say 5.")]
    public void letters_and_the_runs_that_settled_them(long replayed, long discarded, string? expected)
    {
        var letters = new StoredLetters(
            _letters, new Dictionary<string, long> { ["open"] = 9, ["replay"] = replayed, ["discard"] = discarded },
            new Dictionary<string, long> { ["replay"] = 3, ["discard"] = 5 }, []);
        Assert.Equal(expected is null ? [] : [expected], Letters.Check(letters).Select(found => found.Finding));
        Assert.Equal("A run is still discarding.", Letters.Check(letters with { UnderWay = ["discarding"] }).Last().Finding);
    }

    [Fact]
    public void each_kind_of_garbage_has_a_name_of_its_own_and_spoils_something()
    {
        Assert.Equal(GarbageKinds.All.Count, GarbageKinds.All.DistinctBy(kind => kind.Name).Count());
        foreach (var kind in GarbageKinds.All)
        {
            var (good, bad) = (New(), New());
            kind.Spoil(bad, new Random(1));
            Assert.NotEqual(Text(good), Text(bad));
        }

        static Message<byte[]?, byte[]?> New() => new()
        {
            Key = "a"u8.ToArray(), Value = "{\"amount\":0.01}"u8.ToArray(),
            Headers = [.. ((string[])["ce_specversion", "ce_type", "ce_source", "ce_id", "replyto"])
                .Select(name => new Header(name, "x"u8.ToArray()))],
        };

        static string Text(Message<byte[]?, byte[]?> message) => string.Join('|',
            message.Headers.Select(header => $"{header.Key}={Hex(header.GetValueBytes())}")
                .Append(Hex(message.Key)).Append(Hex(message.Value)).Append($"{message.Timestamp.UnixTimestampMs}"));

        static string Hex(byte[]? bytes) => bytes is null ? "none" : $"{bytes.Length}:{Convert.ToHexString([.. bytes.Take(50)])}";
    }

    private void Finds(string? place, string finding = "")
    {
        var found = Garbage.Check(new(_records, _failed), _ledger, _letters).ToList();
        if (place is null)
        {
            Assert.Empty(found);
            return;
        }

        var one = Assert.Single(found);
        Assert.Equal((ViolationKind.RecordUnaccounted, place), (one.Kind, one.Stream));
        Assert.Contains(finding, one.Finding, StringComparison.Ordinal);
    }

    private static LedgerEntry Decided(string account, string id) => new($"shop.account/{account}", id, true, null, 0, 1, null, "kafka:/garbage");
}
