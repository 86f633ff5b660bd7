using Phoenix.Messages;

namespace Phoenix.Tests.Cluster;

/// <summary>One command as its client saw it.</summary>
/// <param name="Way">Over Kafka or by grain call.</param>
/// <param name="Account">The account.</param>
/// <param name="Id">The command's id.</param>
/// <param name="At">When it was first sent.</param>
/// <param name="Took">From then until its outcome, repeats included.</param>
/// <param name="Repeats">How often it was sent again under the same id.</param>
/// <param name="Outcome">What came back, or null when it was given up.</param>
internal sealed record Sent(Way Way, string Account, string Id, long At, TimeSpan Took, int Repeats, Outcome? Outcome);

internal enum Way
{
    Kafka,
    Grain,
}
