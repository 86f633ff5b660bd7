using Marten;

namespace Phoenix.EventStore;

/// <summary>
/// Read models that are documents, for LINQ. Its sessions have no methods that write, and PostgreSQL refuses what SQL of theirs would
/// change: every transaction is read-only. It is a singleton and safe for concurrent use.
/// </summary>
public interface IReadModelStore
{
    /// <summary>Opens a session. A statement of it may take 30 s, unless <c>Options</c> of the connection string say otherwise.</summary>
    /// <returns>A session for one caller at a time; dispose it.</returns>
    IQuerySession QuerySession();
}
