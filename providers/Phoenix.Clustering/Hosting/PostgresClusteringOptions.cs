namespace Phoenix.Clustering;

/// <summary>Where silos keep, and clients find, the members of a cluster.</summary>
public sealed class PostgresClusteringOptions : PostgresTableOptions;
