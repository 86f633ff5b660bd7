using Phoenix.Messages;

namespace Phoenix;

/// <summary>
/// Timers that are set and commands that are on their way, for operators: look at them, cancel them, deliver dead letters again. Any silo
/// answers; the key is 0.
/// </summary>
[Alias("phoenix.IDueGrain")]
public interface IDueGrain : IGrainWithIntegerKey
{
    /// <summary>Timers and sends that are not done, the longest overdue first, dead letters last.</summary>
    /// <exception cref="ArgumentException">The limit is not 1 to 1,000, or the place to go on from is none of a listing before.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("List")]
    Task<DueListing> List(DueFilter filter);

    /// <summary>
    /// Takes a timer or a send away: it is not delivered any more. False when there is none, or when its delivery has been faster.
    /// </summary>
    /// <param name="aggregate">The logical name of the aggregate that set it.</param>
    /// <param name="id">That aggregate's id.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Cancel")]
    Task<bool> Cancel(string aggregate, string id, string name);

    /// <summary>Delivers a dead letter again, from now on with all its attempts. False when there is none.</summary>
    /// <param name="aggregate">The logical name of the aggregate that set it.</param>
    /// <param name="id">That aggregate's id.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Again")]
    Task<bool> Again(string aggregate, string id, string name);

    /// <summary>Like <see cref="Cancel(string, string, string)"/>; who and why stand in the audit of dead letters.</summary>
    /// <param name="aggregate">The logical name of the aggregate that set it.</param>
    /// <param name="id">That aggregate's id.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">By whom and why; null when neither is known.</param>
    /// <exception cref="ArgumentException">The reason is too long.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("CancelBy")]
    Task<bool> Cancel(string aggregate, string id, string name, LetterChange? change);

    /// <summary>Like <see cref="Again(string, string, string)"/>; who and why stand in the audit of dead letters.</summary>
    /// <inheritdoc cref="Cancel(string, string, string, LetterChange)"/>
    [Alias("AgainBy")]
    Task<bool> Again(string aggregate, string id, string name, LetterChange? change);
}

/// <summary>Which timers and sends to list.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.due-filter")]
public sealed record DueFilter
{
    /// <summary>The logical name of the aggregate that set them; with <see cref="Id"/>. Null for all.</summary>
    [Id(0)] public string? Aggregate { get; init; }

    /// <summary>The id of the aggregate that set them; with <see cref="Aggregate"/>. Null for all.</summary>
    [Id(1)] public string? Id { get; init; }

    /// <summary>Their name. Null for all.</summary>
    [Id(2)] public string? Name { get; init; }

    /// <summary>Dead letters only.</summary>
    [Id(3)] public bool Dead { get; init; }

    /// <summary>Most entries, 1 to 1,000. Default 100.</summary>
    [Id(4)] public int Limit { get; init; } = 100;

    /// <summary>Where to go on: <see cref="DueListing.Next"/> of the page before. Null for the beginning.</summary>
    [Id(5)] public string? After { get; init; }
}

/// <summary>A page of timers and sends.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Next">Where the next page begins, or null when this is the last.</param>
[GenerateSerializer, Immutable, Alias("phoenix.due-listing")]
public sealed record DueListing([property: Id(0)] IReadOnlyList<DueEntry> Entries, [property: Id(1)] string? Next);

/// <summary>A timer that is set, or a command on its way.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.due-entry")]
public sealed record DueEntry
{
    /// <summary>The stream of the aggregate that set it: <c>{aggregate}/{id}</c>.</summary>
    [Id(0)] public required string Owner { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary><c>timer</c> or <c>send</c>.</summary>
    [Id(2)] public required string Kind { get; init; }

    /// <summary>When it is or was to be delivered, by the database's clock.</summary>
    [Id(3)] public required DateTimeOffset Scheduled { get; init; }

    /// <summary>When it is tried next; null for a dead letter.</summary>
    [Id(4)] public DateTimeOffset? Due { get; init; }

    /// <summary>After what time it comes again, or null.</summary>
    [Id(5)] public TimeSpan? Period { get; init; }

    /// <summary>The stream that gets the command.</summary>
    [Id(6)] public required string Target { get; init; }

    /// <summary>The command's logical name.</summary>
    [Id(7)] public required string Command { get; init; }

    /// <summary>The command as JSON.</summary>
    [Id(8)] public required string Payload { get; init; }

    /// <summary>How often its handler failed.</summary>
    [Id(9)] public int Attempts { get; init; }

    /// <summary>The code of its last failure, or null.</summary>
    [Id(10)] public string? LastError { get; init; }

    /// <summary>Since when it is a dead letter, or null.</summary>
    [Id(11)] public DateTimeOffset? DeadSince { get; init; }

    /// <summary>The logical name of the owner's command that tells it of a rejection of this send, or null.</summary>
    [Id(12)] public string? IfRejected { get; init; }
}
