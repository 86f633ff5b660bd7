namespace Phoenix.Deciding;

/// <summary>The memory that all remembered outcomes of one silo share. Thread-safe.</summary>
/// <param name="bytes">About how many bytes they may take.</param>
internal sealed class OutcomeBudget(long bytes)
{
    private long _taken;

    /// <summary>About how many bytes they take.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes some. False, and nothing is taken, when there are not as many left.</summary>
    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref _taken, count) <= bytes) return true;
        Give(count);
        return false;
    }

    /// <summary>Gives some back.</summary>
    public void Give(long count) => Interlocked.Add(ref _taken, -count);
}
