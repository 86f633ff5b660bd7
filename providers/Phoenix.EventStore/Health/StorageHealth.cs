namespace Phoenix.EventStore;

/// <summary>Storage as the commit queue sees it.</summary>
public sealed record StorageHealth
{
    /// <summary>Since when commits fail or the database cannot be reached; <see langword="null"/> while it works.</summary>
    public DateTimeOffset? UnhealthySince { get; init; }

    /// <summary>
    /// What is wrong, without addresses, names and texts of the server, which only the log has; <see langword="null"/> when nothing is.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>How long the oldest commit that waits has been waiting to be sent; <see langword="null"/> when none waits.</summary>
    public TimeSpan? OldestWaiting { get; init; }

    /// <summary>
    /// How long there has been work without any attempt at it coming to an end, be it good or bad; <see langword="null"/> when there is no
    /// work. Every attempt has a time limit, so this grows beyond a few of them only if the queue itself is stuck: an outage does not make
    /// it grow.
    /// </summary>
    public TimeSpan? WithoutProgress { get; init; }
}
