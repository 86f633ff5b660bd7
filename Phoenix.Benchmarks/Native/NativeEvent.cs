namespace Phoenix.Benchmarks.Native;

/// <summary>A stored event as the plain loop reads it.</summary>
internal sealed record NativeEvent(
    long Sequence, Guid Id, string Stream, long Version, string Type, byte[] Data, DateTimeOffset Time, string CausationId);
