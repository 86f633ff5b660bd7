namespace Phoenix.EventStore.Projecting;

/// <summary>
/// How fast a replay goes that nobody waits for: in steps. While commands are stored it rests after each step, so that it works only a
/// share of the time; else each step is given before the one before has ended.
/// </summary>
/// <param name="share">Which part of the time it works while commands are stored, up to 1.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplayPace(double share, TimeProvider time)
{
    /// <summary>How many numbers of the log a step has: some tenths of a second.</summary>
    public const int Step = 10_000;

    private readonly TimeProvider _time = time;
    private long _mark;
    private long _began = time.GetTimestamp();
    private long _safeAtBegin;
    private TimeSpan? _rest;
    private long _ended;

    /// <summary>Whether it has come to the end, and follows the log as it grows.</summary>
    public bool IsOff { get; private set; }

    /// <summary>From now on it goes as far as the log does.</summary>
    public void Off() => IsOff = true;

    /// <summary>Up to where it may read.</summary>
    /// <param name="safe">Up to where anybody may.</param>
    /// <param name="reached">How far it is.</param>
    public long Next(long safe, long reached)
    {
        if (IsOff) return safe;
        // It goes on where another has ended.
        _mark = Math.Max(_mark, reached);
        var isBusy = safe > _safeAtBegin && _safeAtBegin > 0;
        if (reached < (isBusy ? _mark : _mark - (Step / 2))) return _mark;
        if (_rest is null)
        {
            _rest = isBusy ? _time.GetElapsedTime(_began) * ((1 / share) - 1) : TimeSpan.Zero;
            _ended = _time.GetTimestamp();
        }

        if (_time.GetElapsedTime(_ended) < _rest) return _mark;
        (_mark, _safeAtBegin, _began, _rest) = (Math.Min(safe, _mark + Step), safe, _time.GetTimestamp(), null);
        return _mark;
    }
}
