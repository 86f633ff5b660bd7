using System.Globalization;
using Phoenix.Model;

namespace Phoenix.Evolving;

/// <summary>
/// The name that stands with a stored event: its logical name and its version. Version 1 has no suffix, so every row from before there
/// were versions is of version 1. A build that knows a lower version only does not know the name at all, and so never misreads the event.
/// </summary>
/// <param name="Name">The logical name, which never has an underscore.</param>
/// <param name="Version">The version, from 1.</param>
internal readonly record struct StoredName(string Name, int Version)
{
    private const string Suffix = "_v";

    /// <summary>The parts of a full name.</summary>
    public static StoredName Of(string full)
    {
        var at = full.LastIndexOf(Suffix, StringComparison.Ordinal);
        return at > 0 && int.TryParse(full.AsSpan(at + Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new(full[..at], version)
            : new(full, 1);
    }

    /// <summary>The parts of the name of an event type.</summary>
    /// <exception cref="ModelException">The type carries no name.</exception>
    public static StoredName Of(Type type) => Of(LogicalName.Of(type));

    /// <summary>The full name, as it is stored.</summary>
    public override string ToString() => VersionedAttribute.FullNameOf(Name, Version);
}
