namespace Phoenix.EventStore;

/// <summary>How the log is doing; for health checks and the operations console.</summary>
public interface IEventStoreHealth
{
    /// <summary>A snapshot. Asking costs nothing: no statement is sent.</summary>
    StorageHealth Storage { get; }
}
