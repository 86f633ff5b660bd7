namespace Phoenix.EventStore;

/// <summary>What became of a <see cref="StreamCommit"/>.</summary>
/// <param name="Committed">True when everything of it is committed; false when nothing of it is.</param>
/// <param name="StoredVersion">The stream's committed version that was found, 0 when it does not exist. Before the commit, if it
/// committed.</param>
/// <param name="Known">Those of its commands that the ledger already knew, with their recorded outcomes. Not empty only if nothing was
/// committed.</param>
public sealed record StreamResult(bool Committed, long StoredVersion, IReadOnlyList<CommandRecord> Known);
