namespace Phoenix.Tests.Docs;

/// <summary>The tables of <c>docs/wire.md</c>, by the heading that they stand under and the order there.</summary>
internal static class WirePage
{
    /// <summary>The rows of a table, each with its cells.</summary>
    /// <param name="heading">Heading without its hashes.</param>
    /// <param name="number">Which table under it; the first is 0.</param>
    public static IReadOnlyList<string[]> Table(string heading, int number = 0)
    {
        var section = File.ReadLines(Path.Combine(Repository.Root, "docs", "wire.md"))
            .SkipWhile(line => line != $"## {heading}").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var tables = new List<List<string[]>>();
        var isInside = false;
        foreach (var line in section)
        {
            var isRow = line.StartsWith('|');
            if (isRow && !isInside) tables.Add([]);
            if (isRow) tables[^1].Add([.. line.Trim('|').Split('|').Select(cell => cell.Trim())]);
            isInside = isRow;
        }

        // Without the titles and the line under them.
        return number < tables.Count
            ? [.. tables[number].Skip(2)]
            : throw new InvalidOperationException($"docs/wire.md has {tables.Count} table(s) under '## {heading}'; wanted is number {number}.");
    }

    /// <summary>The words of a cell that are set in code, such as header names.</summary>
    public static IEnumerable<string> Names(string cell) => cell.Split('`').Where((_, place) => place % 2 == 1);
}
