namespace Phoenix.Local;

/// <summary>The ways to a PostgreSQL server in the order they are tried.</summary>
public static class PostgresWays
{
    /// <summary>Environment variable, binaries on the machine, distribution packages, Docker.</summary>
    public static IReadOnlyList<IWay<PostgresServer>> All { get; } =
        [new ConfiguredPostgres(), new LocalPostgres(), new PackagedPostgres(), new DockerPostgres()];
}
