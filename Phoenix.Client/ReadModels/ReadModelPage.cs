namespace Phoenix.Client.ReadModels;

/// <summary>One page of a read model.</summary>
/// <param name="Rows">The rows, in order.</param>
/// <param name="Next">What the next page is asked for with; null when there is none.</param>
/// <param name="Position">
/// The number of the log up to which every event was in the rows; null when the gateway does not know the projection.
/// </param>
/// <param name="Behind">How many numbers of the log the projection was behind.</param>
/// <param name="Reached">
/// Whether the rows have all that was committed before the page was asked for; null when <see cref="ReadModelQuery{TRow}.CaughtUpWithin"/>
/// is not set.
/// </param>
public sealed record ReadModelPage<TRow>(IReadOnlyList<TRow> Rows, string? Next, long? Position = null, long? Behind = null,
    bool? Reached = null);
