namespace Phoenix.Benchmarks.Parts;

/// <summary>Which aggregate a caller addresses next: any, with equal chance, the same sequence in every run.</summary>
internal sealed class RandomKeys(int callers, int keys)
{
    private readonly Random[] _random = [.. Enumerable.Range(0, callers).Select(caller => new Random(caller))];

    public int Next(int caller) => _random[caller].Next(keys);
}
