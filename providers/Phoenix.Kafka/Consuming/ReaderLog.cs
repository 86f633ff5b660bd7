using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>What the reading side writes to the log.</summary>
internal static partial class ReaderLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Took over {Topic}[{Partition}] at offset {Offset}; the log ends at {End}.")]
    public static partial void TakenOver(ILogger logger, string topic, int partition, long offset, long end);

    [LoggerMessage(Level = LogLevel.Information, Message = "Gave {Topic}[{Partition}] up; everything below offset {Offset} is done.")]
    public static partial void GivenUp(ILogger logger, string topic, int partition, long? offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}[{Partition}] cannot be taken over: {Reason}. Trying again.")]
    public static partial void TakeOverFailed(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}[{Partition}]: {Finding}.")]
    public static partial void Loss(ILogger logger, string topic, int partition, string finding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}[{Partition}]: offset {Offset} was not committed ({Reason}); records from the last committed offset will be delivered again.")]
    public static partial void CommitFailed(ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Positions could not be committed. Trying again.")]
    public static partial void CommitsFailed(ILogger logger, Exception error);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The broker refuses positions of group '{Group}' that say of which life of their topic they are; they are committed without.")]
    public static partial void MarksRefused(ILogger logger, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic}[{Partition}]: deliveries were still running at hand-over; the next owner delivers their records again.")]
    public static partial void DrainTimedOut(ILogger logger, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "The dead letter of {Topic}[{Partition}]@{Offset} cannot be written. Trying again.")]
    public static partial void DeadLetterFailed(ILogger logger, string topic, int partition, long offset, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Put aside {Topic}[{Partition}]@{Offset} as {Code}: {Reason}.")]
    public static partial void PutAside(ILogger logger, string topic, int partition, long offset, string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}[{Partition}]@{Offset} cannot be converted.")]
    public static partial void ConversionFailed(ILogger logger, string topic, int partition, long offset, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}[{Partition}]: {Streams} stream(s) of namespace '{Namespace}' have records but no subscriber. Is a grain with [ImplicitStreamSubscription(\"{Namespace}\")] part of the cluster?")]
    public static partial void NoSubscriber(ILogger logger, string topic, int partition, int streams, string @namespace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The partitions that other silos read cannot be looked at ({Reason}).")]
    public static partial void LookFailed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading from Kafka failed; it is repeated.")]
    public static partial void PollFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka consumer: {Code}: {Reason}")]
    public static partial void ClientError(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Message}")]
    public static partial void Client(ILogger logger, string facility, string message);
}
