using System.Diagnostics;

namespace Phoenix.Benchmarks.Rig;

/// <summary>What the loops of a part have in common: counts, latencies and failures of a round.</summary>
internal sealed class Loop
{
    private long _acknowledged;
    private long _failures;
    private string? _firstFailure;
    private Latencies _latencies = new();

    /// <summary>Runs an order: closed loop unless it names a rate.</summary>
    /// <param name="order">The order.</param>
    /// <param name="callers">Callers of the closed loop.</param>
    /// <param name="operation">One operation by the caller of that number; in the open loop the numbers go round.</param>
    public Task<RoundResult> RunAsync(RoundOrder order, int callers, Func<int, Task> operation) => MeasureAsync(async () =>
    {
        var (started, duration) = (Stopwatch.GetTimestamp(), TimeSpan.FromSeconds(order.Seconds));
        if (order.Rate is { } rate) await OpenLoop.RunAsync(this, rate, duration, callers, operation);
        else await ClosedLoop.RunAsync(this, duration, callers, operation);
        return Stopwatch.GetElapsedTime(started);
    });

    /// <summary>
    /// Runs operations one after another, each after preparations that are not measured; the round's seconds are those of the operations
    /// only.
    /// </summary>
    public Task<RoundResult> RunAloneAsync(RoundOrder order, Func<Task> prepare, Func<Task> operation) => MeasureAsync(async () =>
    {
        var (started, measured) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        do
        {
            await prepare();
            var begun = Stopwatch.GetTimestamp();
            if (!await RecordAsync(operation(), begun)) break;
            measured += Stopwatch.GetElapsedTime(begun);
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < order.Seconds);
        return measured;
    });

    /// <summary>Runs so many operations, by so many callers.</summary>
    public Task<RoundResult> RunCountAsync(int count, int callers, Func<Task> operation) => MeasureAsync(async () =>
    {
        var (started, left) = (Stopwatch.GetTimestamp(), count);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0 && await RecordAsync(operation(), Stopwatch.GetTimestamp())) { }
        })));
        return Stopwatch.GetElapsedTime(started);
    });

    private async Task<RoundResult> MeasureAsync(Func<Task<TimeSpan>> work)
    {
        (_latencies, _failures, _firstFailure) = (new(), 0, null);
        var (allocated, acknowledged) = (GC.GetTotalAllocatedBytes(), _acknowledged);
        var seconds = (await work()).TotalSeconds;
        var operations = _acknowledged - acknowledged;
        return new()
        {
            Operations = operations,
            Seconds = seconds,
            P50Ms = _latencies.Ms(50),
            P99Ms = _latencies.Ms(99),
            P999Ms = _latencies.Ms(99.9),
            MaxMs = _latencies.MaxMs,
            Failures = _failures,
            FirstFailure = _firstFailure,
            Acknowledged = _acknowledged,
            AllocatedBytes = operations == 0 ? 0 : (GC.GetTotalAllocatedBytes() - allocated) / (double)operations,
        };
    }

    /// <summary>
    /// Waits for an operation and records it, its latency counted from <paramref name="since"/> unless it is not to be timed. False when it
    /// failed.
    /// </summary>
    public async Task<bool> RecordAsync(Task operation, long since, bool isTimed = true)
    {
        try
        {
            await operation;
            if (isTimed) _latencies.Record(Latencies.Since(since));
            Interlocked.Increment(ref _acknowledged);
            return true;
        }
        catch (Exception exception)
        {
            Fail(exception);
            return false;
        }
    }

    /// <summary>Records operations that were answered together.</summary>
    public void Record(long since, int count)
    {
        _latencies.Record(Latencies.Since(since), count);
        Interlocked.Add(ref _acknowledged, count);
    }

    public void Fail(Exception exception)
    {
        Interlocked.Increment(ref _failures);
        Interlocked.CompareExchange(ref _firstFailure, exception.ToString(), null);
    }
}
