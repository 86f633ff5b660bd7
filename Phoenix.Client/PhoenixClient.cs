using System.Text.Json;
using Microsoft.Extensions.Options;
using Phoenix.Client.Replies;
using Phoenix.Client.Sending;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Client;

/// <summary>Limits what is on its way, sends, and waits for replies.</summary>
internal sealed class PhoenixClient(
    RequestSender sender, ReplyReader replies, PendingReplies pending, IOptions<PhoenixClientOptions> options, TimeProvider time) : IPhoenixClient, IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Value.MaxInFlight);
    private volatile bool _disposed;

    public Task Ready => replies.Ready;

    public async Task<string> SendAsync(string aggregate, string aggregateId, CommandMessage command, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var request = OutgoingRequest.Of(aggregate, aggregateId, command);
        using var activity = ClientActivity.Start("send", request);
        using var deadline = new Deadline(options.Value.RequestTimeout, time, cancellation);
        await TakePlace(request, deadline).ConfigureAwait(false);
        try
        {
            await sender.Send(request, reply: null, deadline).ConfigureAwait(false);
            return command.CommandId;
        }
        finally
        {
            _places.Release();
        }
    }

    public async Task<Outcome> RequestAsync(string aggregate, string aggregateId, CommandMessage command, RequestOptions? options, CancellationToken cancellation)
    {
        var request = OutgoingRequest.Of(aggregate, aggregateId, command);
        var body = await Exchange(request, options ?? RequestOptions.Default, cancellation).ConfigureAwait(false);
        return body.Outcome ?? throw request.NotAnswered($"the reply has the status '{body.StatusText}', which is none of a command's.");
    }

    public async Task<TransactionStatus> RunAsync(
        string transaction, string transactionId, CommandMessage start, RequestOptions? options, CancellationToken cancellation)
    {
        var request = OutgoingRequest.Of(transaction, transactionId, start, replyAtEnd: true);
        var body = await Exchange(request, options ?? RequestOptions.Default, cancellation).ConfigureAwait(false);
        return body switch
        {
            { End: { } end } => end,
            { Outcome: { IsAccepted: false } refused } =>
                new() { State = TransactionState.NotStarted, Code = refused.Code, Message = refused.Message },
            _ => throw request.NotAnswered(
                $"the reply has the status '{body.StatusText}' and not the end; the silos are of an older build."),
        };
    }

    public async Task<QueryAnswer> QueryAsync(string aggregate, string aggregateId, QueryMessage query, RequestOptions? options, CancellationToken cancellation)
    {
        var request = OutgoingRequest.Of(aggregate, aggregateId, query);
        var body = await Exchange(request, options ?? RequestOptions.Default, cancellation).ConfigureAwait(false);
        return body.Answer ?? throw request.NotAnswered($"the reply has the status '{body.StatusText}', which is none of a query's.");
    }

    private async Task<ReplyBody> Exchange(OutgoingRequest request, RequestOptions waiting, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(waiting.Attempts, 1, nameof(RequestOptions.Attempts));
        using var activity = ClientActivity.Start("request", request);
        using var deadline = new Deadline(waiting.Timeout ?? options.Value.RequestTimeout, time, cancellation);
        await TakePlace(request, deadline).ConfigureAwait(false);
        try
        {
            // One request id for all attempts: a late reply to the first is as good as one to the last.
            using var reply = pending.Expect();
            var body = await UntilAnswered(request, reply, waiting.Attempts, deadline).ConfigureAwait(false);
            return body.ToException() is { } error ? throw error : body;
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<ReplyBody> UntilAnswered(OutgoingRequest request, PendingReply reply, int attempts, Deadline deadline)
    {
        while (true)
        {
            try
            {
                return await Attempt(request, reply, deadline).ConfigureAwait(false);
            }
            catch (CommandException) when (--attempts > 0 && !_disposed)
            {
                request.MayBeRepeat = true;
                deadline.Restart();
            }
        }
    }

    private async Task<ReplyBody> Attempt(OutgoingRequest request, PendingReply reply, Deadline deadline)
    {
        await ReadyForReplies(request, reply, deadline).ConfigureAwait(false);
        await sender.Send(request, reply, deadline).ConfigureAwait(false);
        try
        {
            return await reply.Reply.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw request.NotAnswered($"no reply came within {deadline.Limit}.");
        }
        catch (ObjectDisposedException closed)
        {
            throw request.NotAnswered("the client was disposed while waiting for the reply.", closed);
        }
        catch (JsonException unreadable)
        {
            throw request.NotAnswered($"its reply cannot be read. {unreadable.Message}", unreadable);
        }
    }

    private async ValueTask ReadyForReplies(OutgoingRequest request, PendingReply reply, Deadline deadline)
    {
        try
        {
            // Asked for at every attempt: the topic may have been made anew since the last.
            reply.Address = await replies.Ready.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw request.NotSent($"the reply topic '{options.Value.ReplyTopic}' could not be reached within {deadline.Limit}; the log of Phoenix.Client says why.");
        }
    }

    private async ValueTask TakePlace(OutgoingRequest request, Deadline deadline)
    {
        try
        {
            await _places.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw request.NotSent($"{options.Value.MaxInFlight} others were on their way for {deadline.Limit}. Send less at once, or raise MaxInFlight.");
        }
    }

    public void Dispose()
    {
        _disposed = true;
        pending.Close();
        replies.Dispose();
    }
}
