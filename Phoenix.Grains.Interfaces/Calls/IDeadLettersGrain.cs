using Phoenix.Messages;

namespace Phoenix;

/// <summary>
/// All that was given up, in one place, for operators: commands and foreign records that were put aside, timers and sends whose handlers
/// failed, events that cannot be published, and transactions with a step that does not go on. Any silo answers; the key is 0. What is
/// changed is written down: who, when, what and why.
/// </summary>
/// <remarks>
/// Letters of records come from their topics a moment after they were written (<c>Phoenix:DeadLetters:ReadEvery</c>). Replaying keeps ids:
/// what has taken effect has none again, however often it is replayed and wherever that is killed.
/// </remarks>
[Alias("phoenix.IDeadLettersGrain")]
public interface IDeadLettersGrain : IGrainWithIntegerKey
{
    /// <summary>A page of letters, the newest first.</summary>
    /// <exception cref="ArgumentException">The filter, the limit (1 to 1,000) or the place to go on from is none.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("List")]
    Task<LetterListing> List(LetterFilter filter, int limit = 100, string? after = null);

    /// <summary>A letter with its bytes; null when there is none of this id, or none any more.</summary>
    /// <exception cref="ArgumentException">The id is none.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Find")]
    Task<LetterContent?> Find(string id);

    /// <summary>How many letters there are of which the filter is true.</summary>
    /// <exception cref="ArgumentException">The filter is none.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Count")]
    Task<long> Count(LetterFilter filter);

    /// <summary>
    /// Replays one letter: a command goes to its topic again, a foreign record is converted again by the converter of today, a timer or
    /// send is due now with all its attempts, a publication or transaction goes on. One that was replayed before is replayed again.
    /// </summary>
    /// <param name="id">The letter.</param>
    /// <param name="change">By whom and why.</param>
    /// <exception cref="ArgumentException">The id is none, or there is no reason.</exception>
    /// <exception cref="InvalidOperationException">There is no such letter any more, it was discarded, or it cannot be replayed; the
    /// message says why.</exception>
    /// <exception cref="UnavailableException">Storage or the broker cannot be reached.</exception>
    [Alias("Replay")]
    Task Replay(string id, LetterChange change);

    /// <summary>
    /// Settles one letter without an effect: of a record it stays listed as discarded; a timer or send is gone, and the audit has what it
    /// asked for.
    /// </summary>
    /// <param name="id">The letter.</param>
    /// <param name="change">By whom and why.</param>
    /// <exception cref="ArgumentException">The id is none, or there is no reason.</exception>
    /// <exception cref="InvalidOperationException">There is no such letter any more, it is settled, or it is of a publication or
    /// transaction, whose own verbs decide what becomes of it.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Discard")]
    Task Discard(string id, LetterChange change);

    /// <summary>
    /// Begins to replay the open letters that are there now, of commands, subscriptions, timers and sends: in the background, in pages, in
    /// order within a partition, and never one that dies anew by it. When the silo that does it dies, another goes on.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="atMost">How many that may be: with more, nothing begins.</param>
    /// <param name="change">By whom and why.</param>
    /// <returns>The id to ask after it.</returns>
    /// <exception cref="ArgumentException">The filter is none for this, or there is no reason.</exception>
    /// <exception cref="InvalidOperationException">There are more letters than that, or a replay or discard is under way.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("ReplayMany")]
    Task<Guid> ReplayMany(LetterFilter filter, long atMost, LetterChange change);

    /// <summary>
    /// Begins to discard the open letters that are there now, of commands, subscriptions, timers and sends: in the background, in pages.
    /// When the silo that does it dies, another goes on.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="atMost">How many that may be: with more, nothing begins.</param>
    /// <param name="change">By whom and why.</param>
    /// <returns>The id to ask after it.</returns>
    /// <exception cref="ArgumentException">The filter is none for this, or there is no reason.</exception>
    /// <exception cref="InvalidOperationException">There are more letters than that, or a replay or discard is under way.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("DiscardMany")]
    Task<Guid> DiscardMany(LetterFilter filter, long atMost, LetterChange change);

    /// <summary>Replays and discards of many, the newest first.</summary>
    /// <param name="id">Only this one; null for the last 100.</param>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Replays")]
    Task<IReadOnlyList<ReplayStatus>> Replays(Guid? id = null);

    /// <summary>
    /// Stops a replay or discard after the page under way; what it has done is done. False when it has ended, or there is none.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="change">By whom and why.</param>
    /// <exception cref="ArgumentException">There is no reason.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Stop")]
    Task<bool> Stop(Guid id, LetterChange change);

    /// <summary>What was done with letters, the newest first.</summary>
    /// <exception cref="ArgumentException">The limit (1 to 1,000) or the place to go on from is none.</exception>
    /// <exception cref="UnavailableException">Storage cannot be reached.</exception>
    [Alias("Audit")]
    Task<LetterAuditListing> Audit(int limit = 100, string? after = null);
}
