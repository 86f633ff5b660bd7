namespace Phoenix.Gateway.ReadModels;

/// <summary>One table or view that callers may read; configuration under <c>Phoenix:ReadModels</c>.</summary>
public sealed class ReadModelOptions
{
    /// <summary>Its name in the URL: a lower-case letter, then lower-case letters, digits and dashes, up to 64.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// The table or view: <c>relation</c> or <c>schema.relation</c>, lower-case letters, digits and underscores; without a schema the one
    /// of <c>Phoenix:Schema</c> (default <c>phoenix</c>).
    /// </summary>
    public string Relation { get; set; } = "";

    /// <summary>The column that identifies a row: unique and never null. Every list is ordered by it in the end.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// The columns that callers may filter by, beside the key. Default: none. Each should be the first column of an index; the gateway
    /// warns at start where it is not.
    /// </summary>
    public IList<string> Filterable { get; } = [];

    /// <summary>The columns that callers may sort by, beside the key. Default: none. Each should be the first column of an index.</summary>
    public IList<string> Sortable { get; } = [];

    /// <summary>
    /// The name of the projection that fills it, as <c>account_balances</c>: lists then tell how far it is. The user of
    /// <c>Phoenix:ConnectionString</c> must be allowed to read <c>mt_event_progression</c>. Default: none.
    /// </summary>
    public string? Projection { get; set; }

    /// <summary>
    /// The version of <see cref="Projection"/> that fills the relation, from 1. Until that version has come to the end of the log for the
    /// first time the read model is answered by 503 and the gateway is not ready, so that nobody reads a part. The user must be allowed to
    /// read <c>phoenix_projection_versions</c>. Default: none, which is version 1, shown also while it is built.
    /// </summary>
    public int? Version { get; set; }

    /// <summary>How long PostgreSQL may work on one page of a list. Default 5 s, from 100 ms to a minute.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(5);
}
