namespace Phoenix.Gateway.ReadModels;

/// <summary>A relation that may be read, and what callers may ask of it. Identifiers are configuration's, and were checked.</summary>
internal sealed record ReadModel(string Name, string Relation, string Key)
{
    /// <summary>The columns that callers may filter by.</summary>
    public required IReadOnlyList<string> Filterable { get; init; }

    /// <summary>The columns that callers may sort by.</summary>
    public required IReadOnlyList<string> Sortable { get; init; }

    /// <summary>The name under which Marten keeps the projection's progress; null when nobody is told.</summary>
    public string? Progress { get; init; }

    /// <summary>Whether the version of the projection is named, so that only the whole is shown.</summary>
    public bool NamesVersion { get; init; }

    /// <summary>How long PostgreSQL may work on a page.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>The relation, quoted.</summary>
    public string Source { get; } = string.Join('.', Relation.Split('.').Select(Sql.Quoted));

    /// <summary>Finds one row.</summary>
    public string OneSql => $"select to_jsonb({Sql.Row})::text from {Source} {Sql.Row} where {Sql.Column(Key)} = $1 limit 1";

    public static ReadModel Of(ReadModelOptions options) => new(options.Name, options.Relation, options.Key)
    {
        Filterable = [.. options.Filterable.Prepend(options.Key).Distinct()],
        Sortable = [.. options.Sortable.Prepend(options.Key).Distinct()],
        Progress = ProgressOf(options),
        NamesVersion = options.Version is not null,
        TimeLimit = options.TimeLimit,
    };

    // Marten calls a projection that is one piece by its name, its version unless that is the first, and this.
    private static string? ProgressOf(ReadModelOptions options) => string.IsNullOrWhiteSpace(options.Projection) ? null
        : options.Projection.Contains(':', StringComparison.Ordinal) ? options.Projection
        : options.Version > 1 ? $"{options.Projection}:V{options.Version}:All" : $"{options.Projection}:All";
}
