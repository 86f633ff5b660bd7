using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>
/// Works that came together, in an order that counts, and come again together when one of them cannot be decided. After a fault of
/// storage none of those that still wait is decided: the first would be decided last, when all of them come again.
/// </summary>
internal sealed class Delivery
{
    /// <summary>The first fault that one of them met, or null.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Notes how one of them failed.</summary>
    public void Met(Exception exception)
    {
        if (IsFault(exception)) Fault ??= exception;
    }

    /// <summary>Whether it says that nothing was decided, or that nobody knows, and not what was decided.</summary>
    public static bool IsFault(Exception exception) => exception is not CommandException or UnavailableException or OutcomeUnknownException;
}
