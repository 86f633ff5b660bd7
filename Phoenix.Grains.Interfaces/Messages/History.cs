namespace Phoenix.Messages;

/// <summary>A point in an aggregate's history: the latest state, a version, or a time.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.moment")]
public readonly record struct Moment
{
    private Moment(long? version, DateTimeOffset? time) => (Version, Time) = (version, time);

    /// <summary>The state after this many events, or null.</summary>
    [Id(0)] public long? Version { get; init; }

    /// <summary>The state after the last event committed at or before this time, or null.</summary>
    [Id(1)] public DateTimeOffset? Time { get; init; }

    /// <summary>The latest committed state.</summary>
    public static Moment Latest => default;

    /// <summary>After this many events; 0 is the initial state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The version is negative.</exception>
    public static Moment AtVersion(long version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        return new(version, null);
    }

    /// <summary>After the last event stored at or before this time.</summary>
    public static Moment AtTime(DateTimeOffset time) => new(null, time);
}

/// <summary>One stored event.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.history-event")]
public sealed record HistoryEvent
{
    /// <summary>Its version in the aggregate, from 1, without gaps.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>Its full logical name: that of today, where the rules have an evolution of it.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The event as JSON: as it was stored, or as it is read today where its name is not the stored one.</summary>
    [Id(2)] public required string Json { get; init; }

    /// <summary>When it was stored, by PostgreSQL's clock.</summary>
    [Id(3)] public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The id of the command that caused it, or null for events of other writers.</summary>
    [Id(4)] public string? CommandId { get; init; }

    /// <summary>The correlation id of that command, or null.</summary>
    [Id(5)] public string? CorrelationId { get; init; }

    /// <summary>The command's headers, its trace parent among them.</summary>
    [Id(6)] public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The name under which it is stored, where that is another than <see cref="Name"/>; or null.</summary>
    [Id(7)] public string? StoredName { get; init; }
}

/// <summary>One page of an aggregate's events.</summary>
/// <param name="Events">The events in version order.</param>
/// <param name="NextAfter">Pass it as <c>after</c> to get the next page; null when this was the last.</param>
[GenerateSerializer, Immutable, Alias("phoenix.history-page")]
public sealed record HistoryPage([property: Id(0)] IReadOnlyList<HistoryEvent> Events, [property: Id(1)] long? NextAfter);

/// <summary>An aggregate's state at some moment.</summary>
/// <param name="Version">The number of events in it.</param>
/// <param name="Json">The state as JSON.</param>
[GenerateSerializer, Immutable, Alias("phoenix.state-view")]
public sealed record StateView([property: Id(0)] long Version, [property: Id(1)] string Json);

/// <summary>What a command would do; nothing of it is stored.</summary>
/// <param name="Outcome">The outcome it would have.</param>
/// <param name="Events">The events it would store, with the versions they would get.</param>
/// <param name="State">The state afterwards.</param>
[GenerateSerializer, Immutable, Alias("phoenix.trial-result")]
public sealed record TrialResult([property: Id(0)] Outcome Outcome, [property: Id(1)] IReadOnlyList<HistoryEvent> Events, [property: Id(2)] StateView State);
