namespace Phoenix.Kafka;

/// <summary>
/// Watches the calls by which pulling agents deliver. The agent tells nobody how a delivery ended; here it is seen at once, so that
/// hand-over can wait for deliveries in flight, health can name a failing one, and two traps of the agent are closed.
/// </summary>
internal sealed class DeliveryCallFilter(KafkaQueues queues) : IOutgoingGrainCallFilter
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

    private static async Task DeliverAsync(IOutgoingGrainCallContext context, StreamCursor cursor, KafkaBatch batch)
    {
        Exception? failure = null;
        cursor.Progress.DeliveryBegins();
        try
        {
            await context.Invoke();
            cursor.Acknowledge(batch);
        }
        catch (ClientNotAvailableException error)
        {
            failure = error;
            // To the agent it says that the subscriber itself is a client that left, and it would stop delivering for ever. A grain does not leave.
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
}
