using Microsoft.Extensions.Options;
using Phoenix.Client.Replies;
using Phoenix.Kafka;

namespace Phoenix.Client.Sending;

/// <summary>Hands requests to the broker and says in the words of this client what went wrong.</summary>
internal sealed class RequestSender(IKafkaSender sender, CommandTopics topics, IOptions<PhoenixClientOptions> options)
{
    public async ValueTask Send(OutgoingRequest request, PendingReply? reply, Deadline deadline)
    {
        try
        {
            if (!await topics.MayExistAsync(request.Aggregate).ConfigureAwait(false)) throw request.HasNoTopic(options.Value);
            await sender.SendAsync(RequestRecord.Of(request, reply, options.Value), deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw request.NotAnswered($"the broker did not acknowledge it within {deadline.Limit}.");
        }
        catch (KafkaUnavailableException error)
        {
            throw request.NotAnswered("no broker acknowledged it in time; the cause has the address.", error);
        }
        catch (KafkaRejectedException error)
        {
            throw request.Refused(error);
        }
        catch (ObjectDisposedException error)
        {
            throw request.NotAnswered("the client was disposed while sending.", error);
        }
    }
}
