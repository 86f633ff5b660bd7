namespace Phoenix.Kafka;

/// <summary>A record whose messages are read in pages.</summary>
/// <param name="Origin">The record.</param>
/// <param name="Pages">Its messages.</param>
internal sealed record OpenPages(ConvertedRecord Origin, IMessagePages Pages);
