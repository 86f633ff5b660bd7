namespace Phoenix.Benchmarks.Soak.Checking;

/// <summary>What PostgreSQL holds after a run.</summary>
/// <param name="Ledger">Every recorded outcome.</param>
/// <param name="Events">Every event.</param>
/// <param name="Streams">Version of each stream.</param>
/// <param name="Accounts">The read model.</param>
internal sealed record StoredLog(
    IReadOnlyList<LedgerEntry> Ledger, IReadOnlyList<StoredEntry> Events, IReadOnlyDictionary<string, long> Streams, IReadOnlyDictionary<string, ProjectedAccount> Accounts);

/// <summary>A ledger row.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="CommandId">The command's id as it was sent.</param>
/// <param name="IsAccepted">Accepted or rejected.</param>
/// <param name="Code">Why it was rejected.</param>
/// <param name="Before">Version before.</param>
/// <param name="After">Version after.</param>
/// <param name="Reply">The reply's value as JSON.</param>
internal sealed record LedgerEntry(string Account, string CommandId, bool IsAccepted, string? Code, long Before, long After, string? Reply);

/// <summary>An event.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="CommandId">The command that caused it.</param>
/// <param name="Change">What it does to the balance.</param>
internal sealed record StoredEntry(string Account, long Version, string CommandId, decimal Change);

/// <summary>An account in the read model.</summary>
/// <param name="Balance">Its balance.</param>
/// <param name="Version">The last version it has seen.</param>
internal sealed record ProjectedAccount(decimal Balance, long Version);
