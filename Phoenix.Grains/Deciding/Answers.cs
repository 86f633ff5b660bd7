using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>What the failure of a call to an aggregate says of the command.</summary>
internal static class Answers
{
    /// <summary>The code of a command that could not even be sent.</summary>
    public const string Undeliverable = "undeliverable";

    /// <summary>Nothing was said of the command: the same is asked again under the same id.</summary>
    public static bool IsSilence(Exception exception) =>
        exception is BusyException or UnavailableException or OutcomeUnknownException or TimeoutException or OrleansException or OperationCanceledException;
}
