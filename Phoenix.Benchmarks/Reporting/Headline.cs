namespace Phoenix.Benchmarks.Reporting;

/// <summary>A figure that stands for its scenario.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Value">The figure.</param>
/// <param name="AtLeast">What it must reach, or null.</param>
/// <param name="AtMost">What it must not pass, or null.</param>
/// <param name="Aim">What it should reach, or null.</param>
internal sealed record Headline(string Name, double Value, double? AtLeast, double? AtMost, double? Aim)
{
    /// <summary>Null where nothing is asked of it.</summary>
    public bool? Reached => (AtLeast, AtMost) switch
    {
        ({ } least, _) => Value >= least,
        (_, { } most) => Value <= most,
        _ => null,
    };
}
