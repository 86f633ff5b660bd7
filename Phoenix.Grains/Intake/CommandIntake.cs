using System.Runtime.ExceptionServices;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Intake;

/// <summary>
/// What comes to one aggregate over Kafka. A delivery is done when every record in it is decided and durable or dead-lettered, and every
/// reply and dead letter acknowledged (guarantee 6). Business and poison failures are answered here; only faults of storage or broker
/// leave, and the wire delivers again.
/// </summary>
/// <remarks>
/// The wire also delivers again when it heard nothing for too long. The delivery that is under way then goes on, the next waits for it
/// and finds what it did: accepted and rejected commands in the ledger, failed ones in <see cref="FailedRecords"/>. So a key moves on
/// however long its handlers take.
/// </remarks>
internal sealed class CommandIntake(
    AggregateModel model, string streamId, RequestReader reader, ReplyWriter replies, IDeadLetters deadLetters, Failures failures,
    Func<EndReply, Outcome, Task<ReplyBody?>> tellAtEnd)
{
    private readonly FailedRecords _failed = new();
    private Task _last = Task.CompletedTask;
    private bool _comesAgain;

    /// <summary>Hands every record over in order, then answers them in order as they are decided. One delivery at a time.</summary>
    /// <exception cref="CommandException">Storage is unavailable, or the end of a commit unknown.</exception>
    /// <exception cref="KafkaUnavailableException">A reply or dead letter was not acknowledged.</exception>
    /// <exception cref="RefusedMessagesException">All is done, and messages that a subscription made failed for good.</exception>
    public Task TakeAsync(
        IReadOnlyList<KafkaMessage> messages, Func<CommandWork, Task<Outcome>> command, Func<QueryWork, Task<QueryAnswer>> query, Action start)
    {
        var taking = TakeAfterAsync(_last, messages, command, query, start);
        _last = taking;
        return taking;
    }

    private async Task TakeAfterAsync(
        Task before, IReadOnlyList<KafkaMessage> messages, Func<CommandWork, Task<Outcome>> command, Func<QueryWork, Task<QueryAnswer>> query, Action start)
    {
        if (!before.IsCompleted)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _comesAgain = true;
        }

        // What comes again may be in the ledger.
        var mayBeRepeat = _comesAgain;
        _comesAgain = true;
        _failed.Begin(messages);
        var delivery = new Delivery();
        var taken = messages.Select(message => Take(message, mayBeRepeat, delivery, command, query)).ToList();
        start();

        var sending = new List<Task>(taken.Count);
        List<RefusedMessage>? refused = null;
        Exception? fault = null;
        for (var place = 0; place < taken.Count; place++)
        {
            var one = taken[place];
            ReplyBody? body;
            try
            {
                body = one.Refused ?? (one.Command is { } outcome ? await BodyOf(one, await outcome) : ReplyBody.Answered(await one.Query!));
            }
            catch (CommandException failed) when (!Delivery.IsFault(failed))
            {
                body = ReplyBody.Failed(failed);
            }
            catch (Exception unavailable)
            {
                // What comes behind is waited for all the same, and told: this record comes again with all of them.
                fault ??= unavailable;
                continue;
            }

            // Whoever runs the transaction replies.
            if (body is null) continue;
            if (body.Status != ReplyStatus.Failed || body.Code == ErrorCodes.IdReused)
            {
                if (one.ReplyTo is not null) sending.Add(replies.SendAsync(one.Message, one.ReplyTo, streamId, body));
            }
            else if (fault is null)
            {
                // Behind a fault it is not its turn: it comes again with all of them.
                var failed = _failed.Find(one.Message) ?? _failed.Add(one.Message, body);
                if (one.Message.Ordinal is null) sending.Add(PutAsideAsync(one, failed));
                else (refused ??= []).Add(new(place, ReasonOf(one.Message, failed.Body)));
            }
        }

        await Task.WhenAll(sending);
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
        _comesAgain = false;
        // The record that they were made of is put aside by who has read it.
        if (refused is not null) throw new RefusedMessagesException(refused);
    }

    private Task<ReplyBody?> BodyOf(Taken one, Outcome outcome) =>
        one.AtEnd is { } wanted && outcome.IsAccepted ? tellAtEnd(wanted, outcome) : Task.FromResult<ReplyBody?>(ReplyBody.Of(outcome));

    private DeadLetterReason ReasonOf(KafkaMessage message, ReplyBody body) =>
        new(body.Code!, $"Command {message.Ordinal}, '{message.Type}' to '{streamId}': {body.Message}");

    private Taken Take(
        KafkaMessage message, bool mayBeRepeat, Delivery delivery, Func<CommandWork, Task<Outcome>> command, Func<QueryWork, Task<QueryAnswer>> query)
    {
        ReplyAddress? replyTo = null;
        try
        {
            var request = reader.Read(message, mayBeRepeat);
            replyTo = request.ReplyTo;
            if (_failed.Find(message) is { } failed) return new(message, replyTo) { Refused = failed.Body };
            return request.Command is { } sent
                ? new(message, replyTo)
                {
                    Command = command(Delivered(MessageDecoder.Command(model, sent, failures), delivery)), AtEnd = sent.ReplyAtEnd,
                }
                : new(message, replyTo) { Query = query(Delivered(MessageDecoder.Query(model, request.Query!, failures), delivery)) };
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

    // What flows here comes from the agent of the partition; a record's sender has nothing that could flow.
    private static TWork Delivered<TWork>(TWork work, Delivery delivery) where TWork : Work
    {
        (work.Delivery, work.Caller) = (delivery, CallerContext.None);
        return work;
    }

    private async Task PutAsideAsync(Taken one, FailedRecord failed)
    {
        if (!failed.IsPutAside) await deadLetters.SendAsync(one.Message, new(failed.Body.Code!, failed.Body.Message!));
        failed.IsPutAside = true;
        if (!failed.IsTold && one.ReplyTo is not null) await replies.SendAsync(one.Message, one.ReplyTo, streamId, failed.Body);
        failed.IsTold = true;
    }

    /// <summary>A record that waits for its decision, unless it was refused at once.</summary>
    private sealed record Taken(KafkaMessage Message, ReplyAddress? ReplyTo)
    {
        public Task<Outcome>? Command { get; init; }
        public EndReply? AtEnd { get; init; }
        public Task<QueryAnswer>? Query { get; init; }
        public ReplyBody? Refused { get; init; }
    }
}
