using System.Runtime.InteropServices;
using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>
/// The last outcomes of one aggregate, filled as commands pass. It only makes repeats cheap: the ledger is what holds guarantee 1. What
/// it keeps outlives a thousand commands and would be copied by the garbage collector with every generation, so a plain outcome is
/// numbers in a ring and no object. All of a silo share one budget: where it is used up the ring does not grow, and an outcome with much
/// in it is not kept.
/// </summary>
internal sealed class RecentOutcomes(int capacity, OutcomeBudget budget)
{
    private const int HashBytes = 16;

    // An entry and its place in the dictionary, and an outcome without its texts.
    private const int EntryBytes = 100;
    private const int WholeBytes = 150;
    private readonly Dictionary<Guid, int> _places = [];
    private Entry[] _ring = [];
    private int _next;
    private int _filled;
    private long _taken;

    /// <summary>Answers a command whose id is among them.</summary>
    public bool TryAnswer(CommandWork work)
    {
        if (!_places.TryGetValue(work.Id, out var place)) return false;
        ref readonly var entry = ref _ring[place];
        Outcomes.Answer(work, MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in entry.PayloadHash)), entry.Whole ?? Outcomes.Plain(entry.Id, entry.VersionBefore, entry.VersionAfter));
        return true;
    }

    /// <summary>Takes an outcome in, and lets the oldest go when there is no room.</summary>
    public void Add(CommandRecord record, Outcome outcome)
    {
        // Another hash was not made by this program; the ledger answers for it.
        if (capacity == 0 || record.PayloadHash.Length != HashBytes || _places.ContainsKey(record.Id)) return;
        if (_next == _ring.Length && !TryGrow()) _next = 0;
        if (_ring.Length == 0) return;
        if (_next < _filled) Forget(_next);
        else _filled++;
        var whole = IsPlain(record) ? null : outcome;
        if (TryTake(BytesOf(whole)))
        {
            _ring[_next] = new(record, whole);
            _places.Add(record.Id, _next);
        }

        _next++;
    }

    /// <summary>Gives everything back to the budget; nothing is added afterwards.</summary>
    public void Release() => budget.Give(Interlocked.Exchange(ref _taken, 0));

    private bool TryGrow()
    {
        var length = Math.Min(capacity, Math.Max(4, 2 * _ring.Length));
        if (length == _ring.Length || !TryTake((length - _ring.Length) * EntryBytes)) return false;
        Array.Resize(ref _ring, length);
        return true;
    }

    private void Forget(int place)
    {
        ref var entry = ref _ring[place];
        if (_places.TryGetValue(entry.Id, out var known) && known == place)
        {
            _places.Remove(entry.Id);
            var bytes = BytesOf(entry.Whole);
            budget.Give(bytes);
            _taken -= bytes;
        }

        entry = default;
    }

    private bool TryTake(long count)
    {
        if (!budget.TryTake(count)) return false;
        _taken += count;
        return true;
    }

    private static long BytesOf(Outcome? whole) => whole is null
        ? 0
        : WholeBytes + (2L * (whole.CommandId.Length + (whole.Code?.Length ?? 0) + (whole.Message?.Length ?? 0) + (whole.ReplyJson?.Length ?? 0)));

    private static bool IsPlain(CommandRecord record) => record is { Outcome: RecordedOutcome.Accepted, OriginalId: null, Code: null, Message: null, Reply: null };

    private readonly struct Entry(CommandRecord record, Outcome? whole)
    {
        public readonly UInt128 PayloadHash = MemoryMarshal.Read<UInt128>(record.PayloadHash);
        public readonly Guid Id = record.Id;
        public readonly long VersionBefore = record.VersionBefore;
        public readonly long VersionAfter = record.VersionAfter;
        public readonly Outcome? Whole = whole;
    }
}
