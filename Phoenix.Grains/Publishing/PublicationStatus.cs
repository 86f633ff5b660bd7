namespace Phoenix.Publishing;

/// <summary>What this silo knows of a publication that it publishes. Thread-safe.</summary>
internal sealed class PublicationStatus(PublicationDefinition definition, TimeProvider time)
{
    // What was not measured for so long grows with the clock: then nobody can measure, and nothing goes out.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private long _moved = time.GetTimestamp();
    private long _done;
    private TimeSpan _age;
    private long _aged = time.GetTimestamp();
    private string? _trouble;
    private DateTimeOffset? _troubleSince;

    public PublicationDefinition Definition { get; } = definition;

    /// <summary>Whether this silo publishes.</summary>
    public bool IsOwner { get; private set; }

    /// <summary>Streams that are held back.</summary>
    public int Parked { get; set; }

    public long Done
    {
        get
        {
            lock (_gate) return _done;
        }
    }

    /// <summary>
    /// How long the oldest event that is not out has been stored, those of streams that are held back apart; zero when there is none. As of
    /// the last checkpoint.
    /// </summary>
    public TimeSpan Age
    {
        get
        {
            lock (_gate) return time.GetElapsedTime(_aged) is var since && _age > TimeSpan.Zero && since > Fresh ? _age + since : _age;
        }
    }

    /// <summary>What is wrong and since when, or null.</summary>
    public (string Reason, DateTimeOffset Since)? Trouble
    {
        get
        {
            lock (_gate) return _trouble is null ? null : (_trouble, _troubleSince!.Value);
        }
    }

    /// <summary>How long it has been at one place.</summary>
    public TimeSpan Still
    {
        get
        {
            lock (_gate) return time.GetElapsedTime(_moved);
        }
    }

    public void Took(long position)
    {
        lock (_gate)
        {
            (IsOwner, _done, _moved) = (true, position, time.GetTimestamp());
            (_age, _aged) = (TimeSpan.Zero, time.GetTimestamp());
        }
    }

    public void Lost()
    {
        lock (_gate) IsOwner = false;
    }

    public void Reached(long position)
    {
        lock (_gate)
        {
            if (position == _done) return;
            (_done, _moved) = (position, time.GetTimestamp());
        }
    }

    public void Aged(TimeSpan age)
    {
        lock (_gate) (_age, _aged) = (age, time.GetTimestamp());
    }

    public void Raise(string trouble)
    {
        lock (_gate) (_trouble, _troubleSince) = (trouble, _troubleSince ?? time.GetUtcNow());
    }

    public void Mended()
    {
        lock (_gate) (_trouble, _troubleSince) = (null, null);
    }
}
