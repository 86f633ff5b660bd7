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
    public async Task<RoundResult> RunAsync(RoundOrder order, int callers, Func<int, Task> operation)
    {
        (_latencies, _failures, _firstFailure) = (new(), 0, null);
        var (allocated, acknowledged, started) = (GC.GetTotalAllocatedBytes(), _acknowledged, Stopwatch.GetTimestamp());
        if (order.Rate is { } rate) await OpenLoop.RunAsync(this, rate, TimeSpan.FromSeconds(order.Seconds), callers, operation);
        else await ClosedLoop.RunAsync(this, TimeSpan.FromSeconds(order.Seconds), callers, operation);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
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

    /// <summary>Waits for an operation and records it, its latency counted from <paramref name="since"/>. False when it failed.</summary>
    public async Task<bool> RecordAsync(Task operation, long since)
    {
        try
        {
            await operation;
            _latencies.Record(Latencies.Since(since));
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
