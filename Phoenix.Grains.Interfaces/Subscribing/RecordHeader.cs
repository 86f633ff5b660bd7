namespace Phoenix.Subscribing;

/// <summary>A header of a record.</summary>
/// <param name="Name">Its name; a record may have several of one name.</param>
/// <param name="Value">Its bytes, or null.</param>
public sealed record RecordHeader(string Name, ReadOnlyMemory<byte>? Value);
