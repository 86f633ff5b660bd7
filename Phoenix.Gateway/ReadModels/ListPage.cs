namespace Phoenix.Gateway.ReadModels;

/// <summary>One page.</summary>
/// <param name="Rows">Rows as JSON.</param>
/// <param name="Last">The place of the last one; null when no row comes after it.</param>
/// <param name="Position">How far the projection was before the rows were read; null when it is not told.</param>
/// <param name="Behind">How many numbers of the log it was behind.</param>
internal sealed record ListPage(IReadOnlyList<string> Rows, IReadOnlyList<string?>? Last, long? Position, long? Behind);
