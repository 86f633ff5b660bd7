namespace Phoenix.EventStore;

/// <summary>
/// The shape of a snapshot. A stored snapshot of another shape is not read: state is rebuilt from the log and a new one written.
/// </summary>
/// <param name="Version">Raised by the user when an equal-looking shape has another meaning.</param>
/// <param name="Fingerprint">A hash of what the content follows from: the state type's members, the events, and how these are read.</param>
public readonly record struct SnapshotFormat(int Version, string Fingerprint);

/// <summary>Implemented by a grain that wants snapshots of its state.</summary>
public interface ISnapshotFormat
{
    /// <summary>The shape of the grain's state in this build.</summary>
    SnapshotFormat SnapshotFormat { get; }
}
