using System.Globalization;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The ids of the aggregates of a run.</summary>
internal static class TallyIds
{
    public static string[] First(int count) => [.. Enumerable.Range(0, count).Select(Of)];

    public static string Of(int number) => string.Create(CultureInfo.InvariantCulture, $"t-{number:0000000}");
}
