namespace Phoenix;

/// <summary>
/// Looks at a publication and acts on it, for operators. The key is the publication's name; any silo answers, also while the publisher is
/// frozen or gone.
/// </summary>
[Alias("phoenix.IPublicationGrain")]
public interface IPublicationGrain : IGrainWithStringKey
{
    /// <summary>How it is.</summary>
    /// <exception cref="ArgumentException">No such publication is configured.</exception>
    [Alias("Inspect")]
    Task<PublicationView> Inspect();

    /// <summary>Pauses it until it is resumed; whoever publishes stops within a second, what is on its way may still arrive.</summary>
    /// <param name="reason">Why, for others; null for none.</param>
    [Alias("Pause")]
    Task Pause(string? reason = null);

    /// <summary>Lets it run again after a pause or a stop; aggregates that are parked are tried again at once.</summary>
    [Alias("Resume")]
    Task Resume();

    /// <summary>
    /// How many events stand after a place and up to the publication's position and are of the kinds and names that it takes: those a
    /// rewind sends again, but for what <c>Selects</c> leaves out.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such place.</exception>
    [Alias("CountSince")]
    Task<long> CountSince(PublicationPlace place);

    /// <summary>
    /// Goes back to a place: everything after it goes out again, as a new run with new message ids. Ask <see cref="CountSince"/> first.
    /// </summary>
    /// <exception cref="ArgumentException">The publication is not that far yet, or there is no such place.</exception>
    [Alias("Rewind")]
    Task Rewind(PublicationPlace place);

    /// <summary>
    /// Divides it into so many slices, each published by one silo. All begin where the slowest was before: what goes out again has the ids
    /// that it had. Aggregates that are parked are tried again.
    /// </summary>
    /// <param name="slices">1 to 64.</param>
    /// <exception cref="ArgumentException">It has not run yet, or the number is none of these.</exception>
    [Alias("Divide")]
    Task Divide(int slices);
}

/// <summary>
/// A place in the log: the beginning, after a position, before the first event that was stored at a time, or before an event of one
/// aggregate.
/// </summary>
/// <param name="Sequence">Everything up to this number is before the place.</param>
/// <param name="Time">Instead: events stored at this time or later are after the place, perhaps with some that are older.</param>
/// <param name="Stream">Instead: an aggregate, <c>{aggregate}/{id}</c>, with <paramref name="Version"/>.</param>
/// <param name="Version">The event with which it had this version is the first one after the place.</param>
[GenerateSerializer, Immutable, Alias("phoenix.publication-place")]
public sealed record PublicationPlace(
    [property: Id(0)] long Sequence, [property: Id(1)] DateTimeOffset? Time = null,
    [property: Id(2)] string? Stream = null, [property: Id(3)] long Version = 0)
{
    /// <summary>Before the first event.</summary>
    public static PublicationPlace Beginning { get; } = new(0);

    /// <summary>Before the event with which an aggregate had a version.</summary>
    /// <param name="stream">The aggregate, <c>{aggregate}/{id}</c>.</param>
    /// <param name="version">The version, from 1.</param>
    public static PublicationPlace BeforeVersion(string stream, long version) => new(0, null, stream, version);
}

/// <summary>How a publication is.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.publication-view")]
public sealed record PublicationView
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its topic; empty where it has a sink of its own.</summary>
    [Id(1)] public required string Topic { get; init; }

    /// <summary>
    /// <c>new</c>, <c>running</c>, <c>paused</c> (by an operator) or <c>stopped</c> (by an event that cannot be published).
    /// </summary>
    [Id(2)] public required string State { get; init; }

    /// <summary>The silo that publishes; null when none does, or several do.</summary>
    [Id(3)] public string? Owner { get; init; }

    /// <summary>Everything up to this number of the log is published, but for what is parked: the lowest of its slices.</summary>
    [Id(4)] public required long Position { get; init; }

    /// <summary>The last number of the log.</summary>
    [Id(5)] public required long End { get; init; }

    /// <summary>The run: 1, and one more with each rewind.</summary>
    [Id(6)] public required int Run { get; init; }

    /// <summary>
    /// What holds it up: what failed last, the PostgreSQL session that events wait for, why it was paused or stopped, or that no silo
    /// publishes it; null when nothing does.
    /// </summary>
    [Id(7)] public string? Trouble { get; init; }

    /// <summary>The aggregates that are held back, at most 100 of them.</summary>
    [Id(8)] public IReadOnlyList<ParkedAggregate> Parked { get; init; } = [];

    /// <summary>When its position was stored last.</summary>
    [Id(9)] public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>
    /// How long the oldest event that is not out has been stored, those that are parked apart; zero when there is none.
    /// </summary>
    [Id(10)] public TimeSpan Lag { get; init; }

    /// <summary>Numbers of the log after the position: at least as many as there are events, since some are never used.</summary>
    [Id(11)] public long LagEvents { get; init; }

    /// <summary>Messages a second, of the last ten seconds, as of the last checkpoint.</summary>
    [Id(12)] public double Rate { get; init; }

    /// <summary>What failed last, also when it is over; null when nothing ever has.</summary>
    [Id(13)] public string? LastError { get; init; }

    /// <summary>When that was; of one that lasts, when it began.</summary>
    [Id(14)] public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Its slices, in order; a single one where it is not divided, none when it has never run.</summary>
    [Id(15)] public IReadOnlyList<PublicationSliceView> Slices { get; init; } = [];
}

/// <summary>How one slice of a publication is.</summary>
/// <param name="Number">From 1.</param>
/// <param name="State">As <see cref="PublicationView.State"/>.</param>
/// <param name="Owner">The silo that publishes it; null when none does.</param>
/// <param name="Position">Everything of it up to this number of the log is published, but for what is parked.</param>
/// <param name="Rate">Messages a second, lately.</param>
/// <param name="Trouble">What holds it up; null when nothing does.</param>
[GenerateSerializer, Immutable, Alias("phoenix.publication-slice-view")]
public sealed record PublicationSliceView(
    [property: Id(0)] int Number, [property: Id(1)] string State, [property: Id(2)] string? Owner, [property: Id(3)] long Position,
    [property: Id(4)] double Rate, [property: Id(5)] string? Trouble);

/// <summary>An aggregate whose events are held back.</summary>
/// <param name="Stream">The aggregate, <c>{aggregate}/{id}</c>.</param>
/// <param name="Version">The version of the event that cannot be published.</param>
/// <param name="Event">Its full logical name.</param>
/// <param name="Reason">Why it cannot be published.</param>
/// <param name="Since">When that was found.</param>
[GenerateSerializer, Immutable, Alias("phoenix.parked-aggregate")]
public sealed record ParkedAggregate(
    [property: Id(0)] string Stream, [property: Id(1)] long Version, [property: Id(2)] string Event, [property: Id(3)] string Reason, [property: Id(4)] DateTimeOffset Since);
