using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Aggregates;

/// <summary>The log's errors as callers know them.</summary>
internal static class Errors
{
    public static CommandException ForCaller(Exception exception) => exception switch
    {
        CommandException typed => typed,
        LogOutcomeUnknownException unknown => new OutcomeUnknownException(unknown.Message),
        LogBrokenException broken => new AggregateBrokenException(broken.Message),
        LogException unavailable => new UnavailableException(unavailable.Message),
        _ => new UnavailableException($"The command could not be decided because of an internal error ({exception.GetType().Name}: {exception.Message}). It is in the silo's log. Send the command again with the same id.", exception),
    };
}
