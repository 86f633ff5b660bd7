using System.Runtime.ExceptionServices;
using Phoenix.Aggregates;
using Phoenix.Dispatch;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Intake;

/// <summary>
/// What comes to one aggregate over Kafka. A delivery is done when every record in it is decided and durable or dead-lettered, and every reply and dead
/// letter acknowledged (guarantee 6). Business and poison failures are answered here; only faults of storage or broker leave, and the wire delivers again.
/// </summary>
internal sealed class CommandIntake(
    AggregateModel model, string streamId, RequestReader reader, ReplyWriter replies, IDeadLetters deadLetters, Failures failures)
{
    private bool _lastFailed;

    /// <summary>Hands every record over in order, then answers them in order as they are decided.</summary>
    /// <exception cref="CommandException">Storage is unavailable, or the end of a commit unknown.</exception>
    /// <exception cref="KafkaUnavailableException">A reply or dead letter was not acknowledged.</exception>
    public async Task TakeAsync(IEnumerable<KafkaMessage> messages, Func<CommandWork, Task<Outcome>> command, Func<QueryWork, Task<QueryAnswer>> query, Action start)
    {
        // After a failure some of what comes again may be in the ledger.
        var mayBeRepeat = _lastFailed;
        _lastFailed = true;
        var taken = messages.Select(message => Take(message, mayBeRepeat, command, query)).ToList();
        start();

        var sending = new List<Task>(taken.Count);
        List<(Taken One, ReplyBody Body)>? poison = null;
        Exception? fault = null;
        foreach (var one in taken)
        {
            ReplyBody body;
            try
            {
                body = one.Refused ?? (one.Command is { } outcome ? ReplyBody.Of(await outcome) : ReplyBody.Answered(await one.Query!));
            }
            catch (CommandException failed) when (failed is not (UnavailableException or OutcomeUnknownException))
            {
                body = ReplyBody.Failed(failed);
            }
            catch (Exception unavailable)
            {
                // What comes behind is waited for all the same, and told: this record comes again with all of them.
                fault ??= unavailable;
                continue;
            }

            if (body.Status == ReplyStatus.Failed && body.Code != ErrorCodes.IdReused) (poison ??= []).Add((one, body));
            else if (one.ReplyTo is not null) sending.Add(replies.SendAsync(one.Message, one.ReplyTo, streamId, body));
        }

        // While its neighbours cannot be decided a record comes again with them, and would be put aside each time.
        if (fault is null && poison is not null) sending.AddRange(poison.Select(one => PutAsideAsync(one.One, one.Body)));
        await Task.WhenAll(sending);
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
        _lastFailed = false;
    }

    private Taken Take(KafkaMessage message, bool mayBeRepeat, Func<CommandWork, Task<Outcome>> command, Func<QueryWork, Task<QueryAnswer>> query)
    {
        ReplyAddress? replyTo = null;
        try
        {
            var request = reader.Read(message, mayBeRepeat);
            replyTo = request.ReplyTo;
            return request.Command is { } sent
                ? new(message, replyTo) { Command = command(MessageDecoder.Command(model, sent, failures)) }
                : new(message, replyTo) { Query = query(MessageDecoder.Query(model, request.Query!, failures)) };
        }
        catch (BadRequestException bad)
        {
            return new(message, bad.ReplyTo) { Refused = ReplyBody.Failed(bad.Code, bad.Message) };
        }
        catch (CommandFailedException failed)
        {
            return new(message, replyTo) { Refused = ReplyBody.Failed(failed) };
        }
        catch (Exception exception)
        {
            // A message type whose own code objects. Nothing here touches storage or broker, so it would fail again for ever.
            return new(message, replyTo) { Refused = ReplyBody.Failed(failures.OfMessage("a message", exception)) };
        }
    }

    private async Task PutAsideAsync(Taken one, ReplyBody body)
    {
        await deadLetters.SendAsync(one.Message, new(body.Code!, body.Message!));
        if (one.ReplyTo is not null) await replies.SendAsync(one.Message, one.ReplyTo, streamId, body);
    }

    /// <summary>A record that waits for its decision, unless it was refused at once.</summary>
    private sealed record Taken(KafkaMessage Message, ReplyAddress? ReplyTo)
    {
        public Task<Outcome>? Command { get; init; }
        public Task<QueryAnswer>? Query { get; init; }
        public ReplyBody? Refused { get; init; }
    }
}
