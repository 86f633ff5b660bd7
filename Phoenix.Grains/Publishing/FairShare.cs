namespace Phoenix.Publishing;

/// <summary>
/// When a silo that publishes more than its share gives something up, so that a silo that joined gets its part. Nothing is refused because
/// of it: what nobody publishes is taken by whoever is there. Thread-safe.
/// </summary>
/// <param name="silos">How many silos the cluster has.</param>
/// <param name="after">
/// How long it must have been too much, without interruption: a silo that is dead but not yet known to be is no reason.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class FairShare(Func<int> silos, TimeSpan after, TimeProvider time)
{
    // Time for others to take one thing before the next is given up.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(3);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int All, int Mine)> _publications = new(StringComparer.Ordinal);
    private long? _tooMuchSince;
    private long? _gaveUpAt;

    /// <summary>Tells how many slices a publication has, and how many of them this silo publishes.</summary>
    /// <returns>True: give one of them up now.</returns>
    public bool Tell(string publication, int all, int mine)
    {
        lock (_gate)
        {
            _publications[publication] = (all, mine);
            var total = _publications.Values.Sum(one => one.All);
            var share = (total + Math.Max(1, silos()) - 1) / Math.Max(1, silos());
            var now = time.GetTimestamp();
            if (_publications.Values.Sum(one => one.Mine) <= share)
            {
                _tooMuchSince = null;
                return false;
            }

            _tooMuchSince ??= now;
            if (mine == 0 || time.GetElapsedTime(_tooMuchSince.Value, now) < after) return false;
            if (_gaveUpAt is { } last && time.GetElapsedTime(last, now) < Between) return false;
            _gaveUpAt = now;
            return true;
        }
    }
}
