using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The topics of <c>publish</c>.</summary>
internal static class PublishNames
{
    /// <summary>Where a silo forwards the events to.</summary>
    public static string Events(string prefix) => $"{prefix}.{Tally.Name}.events";

    /// <summary>Where the twin sends them to.</summary>
    public static string Native(string prefix) => $"{prefix}.native";

    /// <summary>For records that have nothing to do with events.</summary>
    public static string Plain(string prefix) => $"{prefix}.plain";
}
