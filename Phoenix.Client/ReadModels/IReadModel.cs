using Phoenix.Messages;

namespace Phoenix.Client.ReadModels;

/// <summary>A read model. Its rows are eventually consistent (guarantee 11): they may be older than what a command has told.</summary>
/// <typeparam name="TRow">What a row becomes.</typeparam>
public interface IReadModel<TRow> where TRow : class
{
    /// <summary>One row by its key; null when there is none, or none yet.</summary>
    /// <param name="key">The key as text; not empty, and not <c>.</c> or <c>..</c>, which mean another path.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The key cannot stand in a path.</exception>
    /// <exception cref="ReadModelException">The gateway refuses the request, or the row does not fit the type.</exception>
    /// <exception cref="UnavailableException">The gateway did not answer in time, or cannot read now. Ask again.</exception>
    Task<TRow?> GetAsync(string key, CancellationToken cancellation = default);

    /// <summary>
    /// One row by its key, as it is once all that was committed before is in it, your own change included; null when there is none.
    /// </summary>
    /// <param name="key">The key as text; not empty, and not <c>.</c> or <c>..</c>, which mean another path.</param>
    /// <param name="within">How long to wait, in whole seconds up to 25.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The key cannot stand in a path.</exception>
    /// <exception cref="ReadModelException">The gateway refuses the request, for instance because it does not know the
    /// projection.</exception>
    /// <exception cref="UnavailableException">The read model had not caught up in time, or the gateway did not answer. Ask
    /// again.</exception>
    Task<TRow?> GetCaughtUpAsync(string key, TimeSpan within, CancellationToken cancellation = default);

    /// <summary>One page.</summary>
    /// <param name="query">Filters and order; null: all rows, by key.</param>
    /// <param name="after">The <see cref="ReadModelPage{TRow}.Next"/> of the page before, for the same query; null: the first.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ReadModelException">The gateway refuses the request, or a row does not fit the type.</exception>
    /// <exception cref="UnavailableException">The gateway did not answer in time, or cannot read now. Ask again.</exception>
    Task<ReadModelPage<TRow>> PageAsync(
        ReadModelQuery<TRow>? query = null, string? after = null, CancellationToken cancellation = default);

    /// <summary>
    /// All rows, page by page, each asked for when it is needed. A row that is there all the time and keeps its place in the order comes
    /// exactly once. One whose place changes meanwhile may come twice or not at all.
    /// </summary>
    /// <param name="query">Filters and order; null: all rows, by key.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ReadModelException">The gateway refuses the request, or a row does not fit the type.</exception>
    /// <exception cref="UnavailableException">The gateway did not answer in time, cannot read now, or the read model had not caught up
    /// within
    /// <see cref="ReadModelQuery{TRow}.CaughtUpWithin"/>.</exception>
    IAsyncEnumerable<TRow> ListAsync(ReadModelQuery<TRow>? query = null, CancellationToken cancellation = default);
}
