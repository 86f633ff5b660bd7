namespace Phoenix.Client;

/// <summary>How one request waits.</summary>
public sealed record RequestOptions
{
    /// <summary>One attempt with the client's time-out.</summary>
    public static RequestOptions Default { get; } = new();

    /// <summary>How long each attempt waits for its reply; <see cref="PhoenixClientOptions.RequestTimeout"/> unless given.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// How often the request is sent before the caller learns that nobody replied; at least 1, the default. Re-sends carry the same id and
    /// have no second effect.
    /// </summary>
    public int Attempts { get; init; } = 1;
}
