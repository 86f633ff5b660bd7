using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using Orleans.Streams.Core;
using Phoenix.Hosting;
using Phoenix.Intake;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Aggregates;

/// <content>The aggregate as the subscriber of its own command stream, which subscriptions put messages on, too.</content>
public abstract partial class AggregateGrain<TAggregate> : IStreamSubscriptionObserver, IAsyncBatchObserver<KafkaMessage>
{
    private CommandIntake? _intake;

    // A delivery waits for the one before of its own partition. Those of subscriptions come beside the aggregate's own.
    private Dictionary<(string Topic, int Partition), CommandIntake>? _subscribed;

    Task IStreamSubscriptionObserver.OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<KafkaMessage>().ResumeAsync((IAsyncBatchObserver<KafkaMessage>)this);

    Task IAsyncBatchObserver<KafkaMessage>.OnNextAsync(IList<SequentialItem<KafkaMessage>> items)
    {
        Called();
        return TakeAsync([.. items.Select(item => item.Item)]);
    }

    private Task TakeAsync(IReadOnlyList<KafkaMessage> messages)
    {
        Use();
        if (messages[0] is { Ordinal: not null, Type: StepAnswers.Type }) return TakeAnswersAsync(messages);
        return IntakeOf(messages[0]).TakeAsync(messages, command => Enqueue(command, admission: null), query => _loop.Enqueue(query), _loop.Start);
    }

    // A failed delivery comes again; there is nothing to do between.
    Task IAsyncBatchObserver<KafkaMessage>.OnErrorAsync(Exception exception) => Task.CompletedTask;

    private CommandIntake IntakeOf(KafkaMessage message)
    {
        if (message.Ordinal is null) return _intake ??= NewIntake();
        _subscribed ??= [];
        if (!_subscribed.TryGetValue((message.Topic, message.Partition), out var intake))
            _subscribed.Add((message.Topic, message.Partition), intake = NewIntake());
        return intake;
    }

    /// <summary>What is replied now to an accepted command whose sender wants to know the end; null when that is told later.</summary>
    /// <param name="reply">Where the end is to be told.</param>
    /// <param name="outcome">What became of the command.</param>
    private protected virtual Task<ReplyBody?> TellAtEndAsync(EndReply reply, Outcome outcome) =>
        Task.FromResult<ReplyBody?>(ReplyBody.Of(outcome));

    /// <summary>Takes answers of other services; only transactions get any.</summary>
    private protected virtual Task TakeAnswersAsync(IReadOnlyList<KafkaMessage> answers) => Task.CompletedTask;

    private CommandIntake NewIntake() => new(
        Model,
        _log.StreamId,
        new RequestReader(
        Model, ServiceProvider.GetRequiredService<ReplyAddresses>(), ServiceProvider.GetRequiredService<PhoenixOptions>()),
        ServiceProvider.GetRequiredService<ReplyWriter>(),
        ServiceProvider.GetRequiredService<IDeadLetters>(),
        _failures,
        TellAtEndAsync);
}
