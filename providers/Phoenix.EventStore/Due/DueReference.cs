namespace Phoenix.EventStore;

/// <summary>Which due row of a stream a delivery is about, and which time of it.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Generation">The row's generation: a row that was cancelled or replaced has another one, or none.</param>
/// <param name="Occurrence">How often it was delivered before.</param>
public readonly record struct DueReference(string Name, Guid Generation, long Occurrence);
