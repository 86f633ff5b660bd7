namespace Phoenix.Benchmarks.Parts;

/// <summary>Between which two purses a caller transfers next: any, with equal chance, the same sequence in every run.</summary>
internal sealed class PurseKeys(int callers, int keys)
{
    private readonly RandomKeys _random = new(callers, keys);

    public (string From, string To) Next(int caller)
    {
        var (from, to) = (_random.Next(caller), _random.Next(caller));
        if (from == to) to = (to + 1) % keys;
        return ($"p-{from}", $"p-{to}");
    }
}
