using System.Diagnostics;
using HdrHistogram;

namespace Phoenix.Benchmarks.Rig;

/// <summary>Latencies of one round, recorded from any thread: microseconds, three significant digits, up to ten minutes.</summary>
internal sealed class Latencies
{
    private const long Longest = 600_000_000;
    private readonly LongConcurrentHistogram _histogram = new(1, Longest, 3);

    public void Record(TimeSpan latency) => _histogram.RecordValue(Microseconds(latency));

    /// <summary>The same latency for everything that went together.</summary>
    public void Record(TimeSpan latency, int count) => _histogram.RecordValueWithCount(Microseconds(latency), count);

    public long Count => _histogram.TotalCount;

    public double Ms(double percentile) => Count == 0 ? 0 : _histogram.GetValueAtPercentile(percentile) / 1000.0;

    public double MaxMs => Count == 0 ? 0 : _histogram.GetMaxValue() / 1000.0;

    public static TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp);

    private static long Microseconds(TimeSpan latency) => Math.Clamp((long)latency.TotalMicroseconds, 1, Longest);
}
