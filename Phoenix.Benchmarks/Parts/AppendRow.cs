namespace Phoenix.Benchmarks.Parts;

/// <summary>What stands in the rows of <c>append</c>, the product's and the twin's: as long as what the decision loop writes.</summary>
internal static class AppendRow
{
    public const string Command = "bench.add";
    public const string Source = "grain";
    public const string Data = """{"amount":5}""";

    public static byte[] PayloadHash { get; } = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
}
