using Orleans.Streams;
using Orleans.Streams.Core;
using Phoenix.Kafka;

namespace Phoenix.Tests.Wire;

public interface IRecordingGrain : IGrainWithStringKey;

/// <summary>Subscribes to the streams of namespace <c>wire</c> and hands everything to the cluster's <see cref="Recorder"/>.</summary>
[ImplicitStreamSubscription("wire")]
public sealed class RecordingGrain(Recorder recorder) : Grain, IRecordingGrain, IStreamSubscriptionObserver, IAsyncBatchObserver<KafkaMessage>
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) => recorder.OnActivate(this.GetPrimaryKeyString());

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<KafkaMessage>().ResumeAsync(this);

    public async Task OnNextAsync(IList<SequentialItem<KafkaMessage>> items)
    {
        var messages = items.Select(item => item.Item).ToList();
        await recorder.OnBatch(this.GetPrimaryKeyString(), messages);
        recorder.Add(this.GetPrimaryKeyString(), messages);
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
