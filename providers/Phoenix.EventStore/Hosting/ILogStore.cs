using Marten;

namespace Phoenix.EventStore;

/// <summary>
/// Marten's store that the log is kept in, apart from a store that the application adds by <c>AddMarten</c>: what is registered by
/// <c>services.ConfigureMarten&lt;ILogStore&gt;(...)</c>, such as projections of events, is this one's, and so are sessions that are opened
/// with it. Events are appended by the log alone.
/// </summary>
public interface ILogStore : IDocumentStore;
