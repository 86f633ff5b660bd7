namespace Phoenix.Model;

/// <summary>
/// The version of an aggregate's snapshots; 1 without it. Raise it when earlier snapshots must not be read again although the members of
/// the state look the same.
/// </summary>
/// <param name="version">The version, from 1.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SnapshotVersionAttribute(int version) : Attribute
{
    /// <summary>The version.</summary>
    public int Version { get; } = version;
}
