using System.Diagnostics;
using System.Numerics;

namespace Phoenix.Kafka;

/// <summary>
/// Knows the longest prefix of a partition whose records are all done. One bit an offset, in a ring that grows with the distance
/// between the oldest record that is not done and the newest, so that one stuck record costs a bit for each that overtakes it.
/// Not thread-safe.
/// </summary>
internal sealed class OffsetTracker
{
    private const int BitsPerWord = 64;

    // A set bit is an offset that is added and not done. Offsets that do not exist (compaction, transaction markers) stay clear.
    private ulong[] pending = new ulong[16];
    private long prefix;
    private long end;

    /// <summary>Starts before <paramref name="start"/>, the first offset that will be read.</summary>
    public OffsetTracker(long start) => prefix = end = start;

    /// <summary>All records below this offset are done; the position to commit.</summary>
    public long Prefix => prefix;

    /// <summary>One above the newest added offset.</summary>
    public long End => end;

    /// <summary>Records that are added and not done.</summary>
    public long Pending { get; private set; }

    /// <summary>Notes a record as begun. Offsets must grow; gaps are allowed.</summary>
    public void Add(long offset)
    {
        Debug.Assert(offset >= end, "offsets of a partition grow");
        if (Pending == 0)
            prefix = offset;
        Reserve(offset + 1 - prefix);
        Word(offset) |= Bit(offset);
        end = offset + 1;
        Pending++;
    }

    /// <summary>
    /// Notes that nothing is left to be read below an offset: what is there and was not added are no records (compaction, transaction
    /// markers).
    /// </summary>
    public void Pass(long offset)
    {
        if (offset <= end)
            return;
        if (Pending == 0)
            prefix = offset;
        else
            Reserve(offset - prefix);
        end = offset;
    }

    /// <summary>Notes a record as done; a second time, or for an offset that is not pending, it has no effect.</summary>
    public bool Done(long offset)
    {
        if (offset < prefix || offset >= end || (Word(offset) & Bit(offset)) == 0)
            return false;
        Word(offset) &= ~Bit(offset);
        Pending--;
        if (Pending == 0)
            prefix = end;
        else if (offset == prefix)
            prefix = NextPending(offset + 1);
        return true;
    }

    private long NextPending(long offset)
    {
        while (true)
        {
            var rest = Word(offset) >> (int)(offset % BitsPerWord);
            if (rest != 0)
                return offset + BitOperations.TrailingZeroCount(rest);
            offset += BitsPerWord - offset % BitsPerWord;
        }
    }

    private void Reserve(long span)
    {
        // One word more than the span needs: its first and last word may both be partly used.
        var words = span / BitsPerWord + 2;
        if (words <= pending.Length)
            return;
        var old = pending;
        var oldPrefix = prefix;
        pending = new ulong[BitOperations.RoundUpToPowerOf2((ulong)words)];
        for (var offset = oldPrefix - oldPrefix % BitsPerWord; offset < end; offset += BitsPerWord)
            pending[WordIndex(offset, pending.Length)] = old[WordIndex(offset, old.Length)];
    }

    private ref ulong Word(long offset) => ref pending[WordIndex(offset, pending.Length)];

    private static int WordIndex(long offset, int words) => (int)((offset / BitsPerWord) & (words - 1));

    private static ulong Bit(long offset) => 1UL << (int)(offset % BitsPerWord);
}
