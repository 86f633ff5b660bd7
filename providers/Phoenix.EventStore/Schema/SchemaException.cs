namespace Phoenix.EventStore;

/// <summary>
/// A silo does not start on this database: it would do harm, or could not work. The message says what was found and what to do.
/// </summary>
public sealed class SchemaException(string message, Exception? inner = null) : Exception(message, inner);
