using Microsoft.Extensions.Logging;
using Phoenix.Intake;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>
/// Those who are told over Kafka how a transaction ended, at least once and before its end is stored: after that nobody takes it up again.
/// </summary>
internal sealed partial class EndReplies(ReplyWriter? writer, string stream, ILogger logger)
{
    private readonly HashSet<EndReply> _wanted = [];
    private readonly HashSet<EndReply> _told = [];

    public void Add(EndReply reply) => _wanted.Add(reply);

    public bool Knows(EndReply reply) => _wanted.Contains(reply);

    /// <summary>Tells everybody who was not told before. False when the broker was not reached: to be tried again.</summary>
    public async Task<bool> TellAsync(TransactionStatus end)
    {
        foreach (var reply in _wanted.Where(reply => !_told.Contains(reply)).ToList())
        {
            try
            {
                if (writer is null) LogNoKafka(stream, reply.Topic);
                else await writer.SendAsync(reply, stream, ReplyBody.Ended(reply.CommandId, end));
                _told.Add(reply);
            }
            catch (KafkaUnavailableException exception)
            {
                LogNotTold(exception, stream, reply.Topic);
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The end of the transaction '{Stream}' could not be told in '{Topic}'; it is tried again.")]
    private partial void LogNotTold(Exception exception, string stream, string topic);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The end of the transaction '{Stream}' is not told in '{Topic}': this silo runs without Kafka. Its status has it.")]
    private partial void LogNoKafka(string stream, string topic);
}
