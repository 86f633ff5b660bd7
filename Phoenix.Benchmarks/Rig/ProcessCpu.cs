using System.Globalization;

namespace Phoenix.Benchmarks.Rig;

/// <summary>Processor time of processes, user and system, as Linux counts it in <c>/proc</c> (in steps of 10 ms).</summary>
internal static class ProcessCpu
{
    private const double SecondsATick = 0.01;

    /// <summary>Of one process with all its threads, in seconds; 0 when it is gone.</summary>
    public static double Of(int processId) => Read(processId) is { } stat ? (stat.User + stat.System) * SecondsATick : 0;

    /// <summary>
    /// Of a process and its children, living and gone, in seconds: what a child used is added to its parent's count of gone children when
    /// it ends, so a PostgreSQL backend that comes and goes between two looks is counted, and the sum never falls.
    /// </summary>
    public static double OfFamily(int parentId)
    {
        if (Read(parentId) is not { } parent) return 0;
        var ticks = parent.User + parent.System + parent.GoneUser + parent.GoneSystem;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } child && child.Parent == parentId)
                ticks += child.User + child.System;
        }

        return ticks * SecondsATick;
    }

    private static Stat? Read(int processId)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // The program's name stands in parentheses and may hold anything, spaces too. Behind it: state, parent, and so on (proc(5),
            // fields 3 and up).
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new((int)Ticks(fields[1]), Ticks(fields[11]), Ticks(fields[12]), Ticks(fields[13]), Ticks(fields[14]));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    private readonly record struct Stat(int Parent, long User, long System, long GoneUser, long GoneSystem);
}
