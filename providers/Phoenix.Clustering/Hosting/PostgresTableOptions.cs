namespace Phoenix.Clustering;

/// <summary>Where the tables of a cluster are and how they are reached.</summary>
public abstract class PostgresTableOptions
{
    /// <summary>Connection string of PostgreSQL's writer; a read replica lags behind and must never be used here. Required.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The schema of the tables, 1 to 63 lower-case letters, digits and underscores. Default <c>orleans</c>.</summary>
    public string Schema { get; set; } = "orleans";

    /// <summary>
    /// Whether the schema and its tables are created where they are missing. Default true; false where the program's role may not create
    /// anything. A role that may not, and finds the tables there, needs no change of this.
    /// </summary>
    public bool ApplySchema { get; set; } = true;

    /// <summary>How long connecting, and each statement, may take. Default 5 s, at least 1 s.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(5);
}
