namespace Phoenix.Benchmarks.Rig;

/// <summary>
/// Processor time by who used it; seconds, or microseconds a command once divided. Null where the process is not ours to look at.
/// </summary>
/// <param name="Silo">The silo, or the twin's application in its place.</param>
/// <param name="Postgres">PostgreSQL with all its backends.</param>
/// <param name="Broker">Kafka.</param>
/// <param name="Client">The process that sends, where it is another than the silo.</param>
internal sealed record CpuShare(double? Silo, double? Postgres, double? Broker, double? Client)
{
    /// <summary>All that is known.</summary>
    public double Total => (Silo ?? 0) + (Postgres ?? 0) + (Broker ?? 0) + (Client ?? 0);

    public CpuShare Since(CpuShare before) => new(Silo - before.Silo, Postgres - before.Postgres, Broker - before.Broker, Client - before.Client);

    public CpuShare MicrosecondsEach(long operations) =>
        new(Silo * 1e6 / operations, Postgres * 1e6 / operations, Broker * 1e6 / operations, Client * 1e6 / operations);

    public static CpuShare Median(IReadOnlyCollection<CpuShare> shares) => new(
        Medians.OfKnown(shares.Select(share => share.Silo)),
        Medians.OfKnown(shares.Select(share => share.Postgres)),
        Medians.OfKnown(shares.Select(share => share.Broker)),
        Medians.OfKnown(shares.Select(share => share.Client)));
}
