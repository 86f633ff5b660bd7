namespace Phoenix.Benchmarks.Rig;

/// <summary>What a part is told when it starts. It travels over standard input: the connection string holds a password.</summary>
internal sealed record PartSettings
{
    /// <summary>Connection string of the part's database.</summary>
    public required string Postgres { get; init; }

    /// <summary>Bootstrap servers, or empty.</summary>
    public string Kafka { get; init; } = "";

    /// <summary>First part of the names of topics.</summary>
    public string Prefix { get; init; } = "bench";

    /// <summary>Aggregates or streams.</summary>
    public int Keys { get; init; } = 1000;

    /// <summary>Callers at once, where the part has callers.</summary>
    public int Callers { get; init; } = 256;

    /// <summary>Which of its commands a part of several sends.</summary>
    public string Command { get; init; } = "";

    /// <summary>Stored events to begin with, where the part stores any.</summary>
    public int Events { get; init; }

    /// <summary>Connections of a twin.</summary>
    public int PoolSize { get; init; } = 32;
}
