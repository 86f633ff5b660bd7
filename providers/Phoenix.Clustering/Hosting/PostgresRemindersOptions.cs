namespace Phoenix.Clustering;

/// <summary>Where reminders are kept.</summary>
public sealed class PostgresRemindersOptions : PostgresTableOptions;
