namespace Phoenix.EventStore;

/// <summary>Where the letter of a record stands.</summary>
/// <param name="Topic">The dead-letter topic.</param>
/// <param name="Life">Which life of it.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Position">The offset.</param>
public sealed record LetterPlace(string Topic, string Life, int Partition, long Position)
{
    /// <summary>Before all others.</summary>
    public static LetterPlace First { get; } = new("", "", -1, -1);
}

/// <summary>A record's letter as it is kept.</summary>
public sealed record Letter
{
    /// <summary>Where it stands.</summary>
    public required LetterPlace Place { get; init; }

    /// <summary>What gave up: a command or a subscription.</summary>
    public required LetterKind Kind { get; init; }

    /// <summary>The name of the aggregate or subscription.</summary>
    public required string Name { get; init; }

    /// <summary>The identity of the record; empty when the letter does not say it.</summary>
    public required string LetterId { get; init; }

    /// <summary>The record's topic.</summary>
    public required string OriginTopic { get; init; }

    /// <summary>The record's partition.</summary>
    public required int OriginPartition { get; init; }

    /// <summary>The record's offset.</summary>
    public required long OriginPosition { get; init; }

    /// <summary>Of a broadcast, the stream that it is about.</summary>
    public string? Target { get; init; }

    /// <summary>The reason's code.</summary>
    public required string Reason { get; init; }

    /// <summary>The reason in words.</summary>
    public required string Message { get; init; }

    /// <summary>The key as text.</summary>
    public required string KeyText { get; init; }

    /// <summary>The key.</summary>
    public byte[]? Key { get; init; }

    /// <summary>The headers, as whoever stores them writes them.</summary>
    public required string Headers { get; init; }

    /// <summary>The body, or its beginning.</summary>
    public byte[]? Body { get; init; }

    /// <summary>How many bytes the body has.</summary>
    public int? BodyBytes { get; init; }

    /// <summary>Whether key, headers and body are whole.</summary>
    public required bool Whole { get; init; }

    /// <summary>When it was given up.</summary>
    public required DateTimeOffset DeadSince { get; init; }

    /// <summary>What became of it. Not stored with the letter.</summary>
    public LetterState State { get; init; }
}
