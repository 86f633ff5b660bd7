using System.Globalization;

namespace Phoenix.EventStore.Publishing;

/// <summary>
/// Up to which number every event is committed and visible, or will never be: the gap proof, without a clock. It is told, time after time,
/// the last number of the sequence and then who holds the append's lock on the event table. In this order: whoever drew a number up to that
/// one had the lock before, so it is either among the holders or at its end. The other way round an append could begin and draw a number in
/// between, and would be passed by. Not thread-safe.
/// </summary>
internal sealed class SafePosition
{
    // For each holder the end of the sequence when it was last seen not to hold the lock: it can have drawn no number up to that one.
    private Dictionary<LockedAppend, long> _floors = [];

    /// <summary>The last number of the sequence that was told.</summary>
    public long End { get; private set; }

    /// <summary>
    /// Every event up to this number can be read, by a statement sent after the look that proved it; no other will ever appear there. 0:
    /// nothing is proven.
    /// </summary>
    public long Safe { get; private set; }

    /// <summary>The transaction that the events after <see cref="Safe"/> wait for; null when they wait for none.</summary>
    public LockedAppend? HeldUpBy { get; private set; }

    /// <summary>Takes a look in.</summary>
    /// <param name="end">The last number of the sequence; 0 when none was drawn.</param>
    /// <param name="holders">Who held the lock, asked after <paramref name="end"/>.</param>
    /// <returns>False when the sequence has gone back, as after a restore or a fail-over that lost something: what was proven is forgotten,
    /// and what was read may be gone.</returns>
    public bool Observe(long end, IReadOnlyCollection<LockedAppend> holders)
    {
        if (end < End)
        {
            (_floors, End, Safe, HeldUpBy) = ([], 0, 0, null);
            return false;
        }

        var floors = new Dictionary<LockedAppend, long>(holders.Count);
        var (safe, heldUpBy) = (end, (LockedAppend?)null);
        foreach (var holder in holders)
        {
            var floor = _floors.TryGetValue(holder, out var known) ? known : IsPrepared(holder) ? LowestGone(holders) : End;
            floors[holder] = floor;
            if (floor < safe) (safe, heldUpBy) = (floor, holder);
        }

        (_floors, End, HeldUpBy) = (floors, end, heldUpBy);
        // A holder is first met without a look before it when nothing is proven yet, so this never goes back.
        Safe = Math.Max(Safe, safe);
        return true;
    }

    // A transaction that is prepared goes on under another name: it may be any of those that are gone.
    private long LowestGone(IReadOnlyCollection<LockedAppend> holders) =>
        _floors.Where(known => !holders.Contains(known.Key)).Select(known => known.Value).Append(End).Min();

    private static bool IsPrepared(LockedAppend holder) => holder.Transaction.StartsWith("-1/", false, CultureInfo.InvariantCulture);
}
