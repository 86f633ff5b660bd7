namespace Phoenix.Runs.Faults;

/// <summary>A fault at its time.</summary>
/// <param name="At">From the start of the load.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Silo">Which silo it happens to, where it is one.</param>
/// <param name="Lasts">How long until it is mended.</param>
internal sealed record Fault(TimeSpan At, FaultKind Kind, int Silo, TimeSpan Lasts);

/// <summary>
/// Which faults happen when: the same for the same seed. Every kind comes up before one is repeated, in an order of the seed's own.
/// </summary>
internal static class FaultSchedule
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<Fault> Create(int seed, TimeSpan length, int silos, IReadOnlyCollection<FaultKind> kinds)
    {
        var random = new Random(seed);
        var faults = new List<Fault>();
        var bag = new Queue<FaultKind>();
        // The last fault leaves room for its end and some quiet.
        for (var at = First; at < length - TimeSpan.FromSeconds(20); at += TimeSpan.FromSeconds(15 + random.Next(16)))
        {
            if (bag.Count == 0)
            {
                var shuffled = kinds.Order().ToArray();
                random.Shuffle(shuffled);
                bag = new(shuffled);
            }

            var kind = bag.Dequeue();
            faults.Add(new(at, kind, random.Next(silos), TimeSpan.FromSeconds(LeastSeconds(kind) + random.Next(kind == FaultKind.FreezeSilo ? 10 : 4))));
        }

        return faults;
    }

    private static int LeastSeconds(FaultKind kind) => kind switch
    {
        FaultKind.FreezeSilo => 16,
        FaultKind.BlackHole => 5,
        _ => 1,
    };
}
