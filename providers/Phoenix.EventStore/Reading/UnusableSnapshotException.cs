namespace Phoenix.EventStore.Reading;

internal sealed class UnusableSnapshotException(string message, Exception? inner = null) : Exception(message, inner);
