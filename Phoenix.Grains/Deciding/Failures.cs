using Microsoft.Extensions.Logging;
using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>
/// Failures of user code. What an exception says may be a secret or name types of the program: it goes to the log, and callers get a
/// code, what failed under its logical name, and the words by which the log is searched (guarantee 12).
/// </summary>
internal sealed partial class Failures(string stream, ILogger logger)
{
    /// <summary>The error for the sender of a command.</summary>
    /// <param name="message">The command.</param>
    /// <param name="what">What its handler did, in words of this program.</param>
    /// <param name="cause">What it threw, or null.</param>
    public CommandFailedException OfCommand(CommandMessage message, string what, Exception? cause)
    {
        LogCommand(cause, message.Name, stream, message.CommandId, what);
        return new(ErrorCodes.HandlerFailed, $"The handler of '{message.Name}' in '{stream}' {what}. The command had no effect."
            + (cause is null ? "" : $" The silo's log has the cause under the command id '{message.CommandId}'."));
    }

    /// <summary>The error for whoever asked a query.</summary>
    public CommandFailedException OfQuery(string query, Exception cause)
    {
        var reference = NewReference();
        LogQuery(cause, query, stream, reference);
        return new(ErrorCodes.HandlerFailed, $"The answer of '{stream}' to '{query}' failed. The silo's log has the cause under {reference}.");
    }

    /// <summary>The error for a message whose own type objects to it.</summary>
    public CommandFailedException OfMessage(string name, Exception cause)
    {
        var reference = NewReference();
        LogMessage(cause, name, stream, reference);
        return new(ErrorCodes.Undecodable, $"The body of '{name}' is refused by the type that reads it. The silo's log has the cause under {reference}.");
    }

    /// <summary>A new word to find an entry of the log by.</summary>
    public static string NewReference() => Guid.NewGuid().ToString("N")[..12];

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of '{Command}' in '{Stream}' failed for the command id '{CommandId}': it {What}.")]
    private partial void LogCommand(Exception? cause, string command, string stream, string commandId, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "The answer of '{Stream}' to '{Query}' failed ({Reference}).")]
    private partial void LogQuery(Exception cause, string query, string stream, string reference);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The body of '{Name}' for '{Stream}' is refused by the type that reads it ({Reference}).")]
    private partial void LogMessage(Exception cause, string name, string stream, string reference);
}
