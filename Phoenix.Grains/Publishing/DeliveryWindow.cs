namespace Phoenix.Publishing;

/// <summary>What is sent and not yet acknowledged, in the order of the log; it knows up to where everything is. Thread-safe.</summary>
internal sealed class DeliveryWindow(long position, int maxMessages, long maxBytes)
{
    private readonly Lock _gate = new();

    // Guarded by the gate.
    private readonly Queue<Entry> _entries = new();
    private long _done = position;
    private int _messages;
    private long _bytes;
    private TaskCompletionSource? _changed;

    /// <summary>Everything up to here is acknowledged, or had nothing to send.</summary>
    public long Done
    {
        get
        {
            lock (_gate) return _done;
        }
    }

    /// <summary>Begins with what belongs to one position of the log; positions do not go back. End it with <see cref="End"/>.</summary>
    public Entry Begin(long sequence)
    {
        var entry = new Entry(sequence);
        lock (_gate) _entries.Enqueue(entry);
        return entry;
    }

    /// <summary>Counts a message that is handed over now.</summary>
    public void Add(Entry entry, int bytes)
    {
        lock (_gate)
        {
            entry.Open++;
            _messages++;
            _bytes += bytes;
        }
    }

    /// <summary>Counts one that was acknowledged, or was not handed over after all.</summary>
    public void Remove(Entry entry, int bytes)
    {
        lock (_gate)
        {
            _messages--;
            _bytes -= bytes;
            CloseLocked(entry);
        }
    }

    /// <summary>No more messages follow for this position.</summary>
    public void End(Entry entry)
    {
        lock (_gate) CloseLocked(entry);
    }

    /// <summary>There is nothing to send up to this position.</summary>
    public void Pass(long sequence) => End(Begin(sequence));

    /// <summary>Waits until there is room for more.</summary>
    public Task RoomAsync(CancellationToken cancellation) => UntilAsync(() => _messages < maxMessages && _bytes < maxBytes, cancellation);

    /// <summary>Waits until everything is acknowledged.</summary>
    public Task EmptyAsync(CancellationToken cancellation) => UntilAsync(() => _messages == 0, cancellation);

    private async Task UntilAsync(Func<bool> holds, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (holds()) return;
                changed = (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private void CloseLocked(Entry entry)
    {
        entry.Open--;
        while (_entries.TryPeek(out var first) && first.Open == 0) _done = Math.Max(_done, _entries.Dequeue().Sequence);
        _changed?.TrySetResult();
        _changed = null;
    }

    /// <summary>One position of the log.</summary>
    internal sealed class Entry(long sequence)
    {
        public long Sequence { get; } = sequence;

        // One for the entry itself until it is ended, and one for each message.
        public int Open { get; set; } = 1;
    }
}
