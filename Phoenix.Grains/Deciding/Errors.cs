using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>The log's errors as callers know them.</summary>
internal static partial class Errors
{
    /// <summary>
    /// Names the error for a caller. What nobody expected is logged here with all of it, and told without its cause, which need not be
    /// fit to travel.
    /// </summary>
    public static CommandException ForCaller(Exception exception, string stream, ILogger logger)
    {
        switch (exception)
        {
            case CommandException typed: return typed;
            case LogOutcomeUnknownException unknown: return new OutcomeUnknownException(unknown.Message);
            case LogBrokenException broken: return new AggregateBrokenException(broken.Message);
            case LogException unavailable: return new UnavailableException(unavailable.Message);
            default:
                var reference = Failures.NewReference();
                LogUnexpected(logger, exception, stream, reference);
                return new UnavailableException(
                    $"'{stream}' met an internal error; the silo's log has it under {reference}. Send the command again with the same id.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "'{Stream}' cannot be read.")]
    public static partial void LogBroken(ILogger logger, Exception exception, string stream);

    [LoggerMessage(Level = LogLevel.Error, Message = "The aggregate '{Stream}' met an error that it does not know ({Reference}); its callers were told to come again.")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string stream, string reference);
}
