using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>How old events are when a consumer has them: since the time they carry, PostgreSQL's when their transaction began.</summary>
internal sealed class Arrivals
{
    private volatile Window? _window;

    /// <summary>Opens a window for the events of so long a time; the one before is forgotten.</summary>
    public Window Open(DateTimeOffset from, TimeSpan length) => _window = new(from, from + length);

    public void Take(DateTimeOffset time) => _window?.Take(time, DateTimeOffset.UtcNow);

    internal sealed class Window(DateTimeOffset from, DateTimeOffset to)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Latencies Ages { get; } = new();

        /// <summary>Ends when an event after the window has come.</summary>
        public Task Passed => _passed.Task.WaitAsync(Patience);

        public bool Holds(DateTimeOffset time) => time >= from && time < to;

        public void Take(DateTimeOffset time, DateTimeOffset now)
        {
            if (Holds(time)) Ages.Record(now - time);
            // Partitions are not read in step: what is late by more than the one that ends the window would be missed.
            else if (time >= to + OpenLoop.Tail) _passed.TrySetResult();
        }
    }
}
