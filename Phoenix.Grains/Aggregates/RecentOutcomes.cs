using System.Runtime.InteropServices;
using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Aggregates;

/// <summary>
/// The last outcomes of one aggregate, filled as commands pass. It only makes repeats cheap: the ledger is what holds guarantee 1. What it keeps outlives a
/// thousand commands and would be copied by the garbage collector with every generation, so a plain outcome is numbers in a ring and no object.
/// </summary>
internal sealed class RecentOutcomes(int capacity)
{
    private const int HashBytes = 16;
    private readonly Dictionary<Guid, int> _places = [];
    private Entry[] _ring = [];
    private int _next;
    private int _filled;

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
        if (capacity == 0 || record.PayloadHash.Length != HashBytes || !_places.TryAdd(record.Id, _next)) return;
        if (_filled == capacity) _places.Remove(_ring[_next].Id);
        else if (_filled++ == _ring.Length) Array.Resize(ref _ring, Math.Min(capacity, Math.Max(4, 2 * _ring.Length)));
        _ring[_next] = new(record, IsPlain(record) ? null : outcome);
        _next = (_next + 1) % capacity;
    }

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
