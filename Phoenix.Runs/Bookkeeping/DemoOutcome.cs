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
/// <param name="Orders">The orders that were placed.</param>
internal sealed record DemoRun(
    IReadOnlyList<DemoOutcome> Outcomes, int Sent, double Seconds, IReadOnlyList<string> Transfers, IReadOnlyList<string> Orders);
