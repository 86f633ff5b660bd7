namespace Phoenix.Publishing;

/// <summary>What this silo knows of a publication that it publishes. Thread-safe.</summary>
internal sealed class PublicationStatus(PublicationDefinition definition, TimeProvider time, string? row = null)
{
    // What was not measured for so long grows with the clock: then nobody can measure, and nothing goes out.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    // The rate is that of so long, or of the time since it was taken over.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly Queue<(long At, long Sent)> _looks = new();
    private long _sent;
    private (string Reason, DateTimeOffset At)? _lastError;
    private long _moved = time.GetTimestamp();
    private long _done;
    private TimeSpan _age;
    private long _aged = time.GetTimestamp();
    private string? _trouble;
    private DateTimeOffset? _troubleSince;

    public PublicationDefinition Definition { get; } = definition;

    /// <summary>The slice's row: the publication's name where it is not divided.</summary>
    public string Row { get; } = row ?? definition.Name;

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

    /// <summary>What failed last on this silo, and when; kept when it is over. Null: nothing has.</summary>
    public (string Reason, DateTimeOffset At)? LastError
    {
        get
        {
            lock (_gate) return _lastError;
        }
    }

    /// <summary>Counts messages that were handed over.</summary>
    public void Sent(int messages)
    {
        lock (_gate) _sent += messages;
    }

    /// <summary>Messages a second, lately. Asked at each checkpoint.</summary>
    public double Rate()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_looks.Count > 1 && time.GetElapsedTime(_looks.Peek().At, now) > Lately) _looks.Dequeue();
            var rate = _looks.TryPeek(out var first) && time.GetElapsedTime(first.At, now).TotalSeconds is > 0 and var seconds
                ? (_sent - first.Sent) / seconds : 0;
            _looks.Enqueue((now, _sent));
            return rate;
        }
    }

    public void Took(long position)
    {
        lock (_gate)
        {
            _looks.Clear();
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
        lock (_gate)
        {
            if (trouble != _trouble) _lastError = (trouble, time.GetUtcNow());
            (_trouble, _troubleSince) = (trouble, _troubleSince ?? time.GetUtcNow());
        }
    }

    public void Mended()
    {
        lock (_gate) (_trouble, _troubleSince) = (null, null);
    }
}
