using System.Diagnostics;
using System.Globalization;

namespace Phoenix.Benchmarks.Rig;

/// <summary>What the machine's processors did so far, whoever asked them: how quiet it was around a measurement.</summary>
/// <param name="BusySeconds">Processor time of all processes and interrupts.</param>
/// <param name="StolenSeconds">Time the hypervisor gave to other machines while this one had work.</param>
/// <param name="Timestamp">When it was looked at.</param>
internal readonly record struct MachineCpu(double BusySeconds, double StolenSeconds, long Timestamp)
{
    private const double SecondsATick = 0.01;

    public static MachineCpu Now()
    {
        // cpu user nice system idle iowait irq softirq steal (proc(5)).
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return new((ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * SecondsATick, ticks[7] * SecondsATick, Stopwatch.GetTimestamp());
    }

    /// <summary>Cores that were busy for others than the measured since <paramref name="before"/>, and cores that were stolen.</summary>
    public Disturbance Since(MachineCpu before, CpuShare measured)
    {
        var seconds = Stopwatch.GetElapsedTime(before.Timestamp, Timestamp).TotalSeconds;
        var ours = (measured.Silo ?? 0) + (measured.Postgres ?? 0) + (measured.Broker ?? 0) + (measured.Client ?? 0);
        return new(Math.Max(0, BusySeconds - before.BusySeconds - ours) / seconds, (StolenSeconds - before.StolenSeconds) / seconds);
    }
}
