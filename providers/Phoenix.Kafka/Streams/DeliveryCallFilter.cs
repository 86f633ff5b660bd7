using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Phoenix.Kafka;

/// <summary>
/// Watches the calls by which pulling agents deliver. The agent tells nobody how a delivery ended; here it is seen at once, so that
/// hand-over can wait for deliveries in flight, health can name a failing one, and two traps of the agent are closed. A subscriber on this
/// silo that takes records in memory is not called at all.
/// </summary>
internal sealed class DeliveryCallFilter(KafkaQueues queues, LocalSubscribers subscribers, IOptions<SiloMessagingOptions> messaging, TimeProvider time) : IOutgoingGrainCallFilter
{
    private const string Deliver = "DeliverBatch";
    private const string Handshake = "GetSequenceToken";
    private const int BatchArgument = 2;

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        var method = context.MethodName;
        if (ReferenceEquals(method, Deliver) || method == Deliver)
        {
            if (context.Request.GetArgumentCount() > BatchArgument && context.Request.GetArgument(BatchArgument) is KafkaBatch { Cursor: { } cursor } batch)
                return DeliverAsync(context, cursor, batch);
        }
        else if (method == Handshake && context.SourceId is { } source && queues.IsAgent(source))
        {
            // The agent reads nothing from the partition until each new stream's subscriber has answered this, which takes its activation:
            // one slow or broken grain would stop all others. Streams that do not rewind have no token to tell, so the answer is known.
            context.Result = null;
            return Task.CompletedTask;
        }
        return context.Invoke();
    }

    private async Task DeliverAsync(IOutgoingGrainCallContext context, StreamCursor cursor, KafkaBatch batch)
    {
        Exception? failure = null;
        cursor.Progress.DeliveryBegins();
        try
        {
            if (await TryTakeAsync(context.TargetId, batch))
                context.Result = null;
            else
                await context.Invoke();
            cursor.Acknowledge(batch);
        }
        catch (RefusedMessagesException refused)
        {
            context.Result = null;
            cursor.Refuse(batch, refused.Refusals);
            cursor.Acknowledge(batch);
        }
        catch (ClientNotAvailableException error)
        {
            failure = error;
            // To the agent it says that the subscriber itself is a client that left, and it would stop delivering for ever. A grain does
            // not leave.
            throw new OrleansException($"The subscriber of {batch.StreamId} failed: {error.Message}", error);
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            cursor.Progress.DeliveryEnds(cursor, batch, failure);
        }
    }

    private Task<bool> TryTakeAsync(GrainId subscriber, KafkaBatch batch)
    {
        if (subscribers.Find(subscriber) is not { } here)
            return Task.FromResult(false);
        var taking = here.TryTakeAsync(batch.StreamId, batch.Messages);
        // A call has this limit, too: what hangs is told and tried again.
        return taking.IsCompleted ? taking : taking.WaitAsync(messaging.Value.ResponseTimeout, time);
    }
}
