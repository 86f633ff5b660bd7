using Phoenix.Aggregates;
using Phoenix.Dispatch;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>
/// What comes to one aggregate over Kafka. A delivery is done when every record in it is decided and durable or dead-lettered, and every reply and dead
/// letter acknowledged (guarantee 6). Business and poison failures are answered here; only faults of storage or broker leave, and the wire delivers again.
/// </summary>
internal sealed class CommandIntake(AggregateModel model, string streamId, RequestReader reader, ReplyWriter replies, IDeadLetters deadLetters)
{
    private bool _lastFailed;

    /// <summary>Hands every record over in order, then waits for all of them.</summary>
    /// <exception cref="CommandException">Storage is unavailable, or the end of a commit unknown.</exception>
    /// <exception cref="KafkaUnavailableException">A reply or dead letter was not acknowledged.</exception>
    public async Task TakeAsync(IEnumerable<KafkaMessage> messages, Func<CommandWork, Task<Outcome>> command, Func<QueryWork, Task<QueryAnswer>> query, Action start)
    {
        // After a failure some of what comes again may be in the ledger.
        var mayBeRepeat = _lastFailed;
        _lastFailed = true;
        var taken = messages.Select(message => (message, work: Take(message, mayBeRepeat, command, query))).ToList();
        start();
        var decided = Task.WhenAll(taken.Select(one => one.work));
        await Task.WhenAll(taken.Select(one => FinishAsync(one.message, one.work, decided)));
        _lastFailed = false;
    }

    private Task<(ReplyAddress? ReplyTo, ReplyBody Body)> Take(
        KafkaMessage message, bool mayBeRepeat, Func<CommandWork, Task<Outcome>> command, Func<QueryWork, Task<QueryAnswer>> query)
    {
        ReplyAddress? replyTo = null;
        try
        {
            var request = reader.Read(message, mayBeRepeat);
            replyTo = request.ReplyTo;
            return request.Command is { } sent
                ? AnswerAsync(replyTo, command(MessageDecoder.Command(model, sent)), ReplyBody.Of)
                : AnswerAsync(replyTo, query(MessageDecoder.Query(model, request.Query!)), ReplyBody.Answered);
        }
        catch (BadRequestException bad)
        {
            return Task.FromResult((bad.ReplyTo, ReplyBody.Failed(bad.Code, bad.Message)));
        }
        catch (CommandFailedException failed)
        {
            return Task.FromResult((replyTo, ReplyBody.Failed(failed)));
        }
        catch (Exception exception)
        {
            // A message type whose own code objects. Nothing here touches storage or broker, so it would fail again for ever.
            return Task.FromResult((replyTo, ReplyBody.Failed(ErrorCodes.Undecodable, $"The message cannot be read ({exception.GetType().Name}: {exception.Message}).")));
        }
    }

    private static async Task<(ReplyAddress? ReplyTo, ReplyBody Body)> AnswerAsync<T>(ReplyAddress? replyTo, Task<T> work, Func<T, ReplyBody> body)
    {
        try
        {
            return (replyTo, body(await work));
        }
        catch (CommandException exception) when (exception is not (UnavailableException or OutcomeUnknownException))
        {
            return (replyTo, ReplyBody.Failed(exception));
        }
    }

    private async Task FinishAsync(KafkaMessage message, Task<(ReplyAddress? ReplyTo, ReplyBody Body)> work, Task decided)
    {
        var (replyTo, body) = await work;
        if (body.Status == ReplyStatus.Failed && body.Code != ErrorCodes.IdReused)
        {
            // While its neighbours cannot be decided the record comes again with them, and would be put aside each time.
            await decided;
            await deadLetters.SendAsync(message, new(body.Code!, body.Message!));
        }

        if (replyTo is not null) await replies.SendAsync(message, replyTo, streamId, body);
    }
}
