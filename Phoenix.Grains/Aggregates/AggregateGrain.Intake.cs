using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using Orleans.Streams.Core;
using Phoenix.Hosting;
using Phoenix.Intake;
using Phoenix.Kafka;

namespace Phoenix.Aggregates;

/// <content>The aggregate as the subscriber of its own command stream.</content>
public abstract partial class AggregateGrain<TAggregate> : IStreamSubscriptionObserver, IAsyncBatchObserver<KafkaMessage>
{
    private CommandIntake? _intake;

    private CommandIntake Intake => _intake ??= new(
        Model,
        _log.StreamId,
        new RequestReader(Model, ServiceProvider.GetRequiredService<ReplyAddresses>(), ServiceProvider.GetRequiredService<PhoenixOptions>()),
        ServiceProvider.GetRequiredService<ReplyWriter>(),
        ServiceProvider.GetRequiredService<IDeadLetters>(),
        _failures);

    Task IStreamSubscriptionObserver.OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<KafkaMessage>().ResumeAsync((IAsyncBatchObserver<KafkaMessage>)this);

    Task IAsyncBatchObserver<KafkaMessage>.OnNextAsync(IList<SequentialItem<KafkaMessage>> items)
    {
        Called();
        return TakeAsync(items.Select(item => item.Item));
    }

    private Task TakeAsync(IEnumerable<KafkaMessage> messages)
    {
        Use();
        return Intake.TakeAsync(messages, command => _loop.Enqueue(command), query => _loop.Enqueue(query), _loop.Start);
    }

    // A failed delivery comes again; there is nothing to do between.
    Task IAsyncBatchObserver<KafkaMessage>.OnErrorAsync(Exception exception) => Task.CompletedTask;
}
