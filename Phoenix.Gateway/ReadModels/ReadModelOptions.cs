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

    /// <summary>The column that identifies a row.</summary>
    public string Key { get; set; } = "";
}
