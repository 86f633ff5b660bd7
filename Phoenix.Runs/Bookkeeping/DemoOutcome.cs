namespace Phoenix.Runs.Bookkeeping;

/// <summary>A reply as the client saw it; one line of the file that the client process leaves for the books.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="CommandId">The command's id.</param>
/// <param name="IsAccepted">Whether it was accepted.</param>
/// <param name="Code">The rejection's code, or null.</param>
/// <param name="VersionBefore">Version before.</param>
/// <param name="VersionAfter">Version after.</param>
/// <param name="Milliseconds">From sending to the reply.</param>
internal sealed record DemoOutcome(string Account, string CommandId, bool IsAccepted, string? Code, long VersionBefore, long VersionAfter, double Milliseconds);

/// <summary>What the client process measured.</summary>
/// <param name="Outcomes">Every reply, repeats included.</param>
/// <param name="Sent">Messages sent, repeats included.</param>
/// <param name="Seconds">From the first message to the last reply.</param>
/// <param name="Transfers">The transfers that were started.</param>
/// <param name="Orders">How orders ended, as the reply at their end said.</param>
/// <param name="Purchases">The same of purchases at the warehouse.</param>
internal sealed record DemoRun(
    IReadOnlyList<DemoOutcome> Outcomes, int Sent, double Seconds, IReadOnlyList<string> Transfers, IReadOnlyList<DemoEnd> Orders,
    IReadOnlyList<DemoEnd> Purchases);

/// <summary>How a transaction ended, as its client was told.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Completed">Whether it was completed.</param>
/// <param name="Code">Why not, or null.</param>
internal sealed record DemoEnd(string Id, bool Completed, string? Code);
