namespace Phoenix.Benchmarks.Rig;

internal static class Medians
{
    /// <summary>The middle value, or the mean of the two in the middle; 0 of nothing.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return 0;
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The median of those that are known, or null when none is.</summary>
    public static double? OfKnown(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().ToList();
        return known.Count == 0 ? null : Of(known);
    }
}
