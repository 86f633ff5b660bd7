using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Phoenix.Kafka;

namespace Phoenix.Subscribing;

/// <summary>The gauge <c>phoenix.subscriptions.lag</c>, of the partitions that this silo reads.</summary>
internal sealed class SubscriptionLag(SubscriptionCatalog catalog, IServiceProvider services) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(SubscriptionInstruments.MeterName);

    /// <summary>Records that are not done.</summary>
    public static long Of(SubscriptionDefinition one, IKafkaHealth kafka) =>
        kafka.Partitions.Where(partition => partition.IsReadHere && partition.Topic == one.Topic).Sum(partition => partition.Lag ?? 0);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge(
            "phoenix.subscriptions.lag", Observe, "{record}", "Records up to the end of the topic that are not done.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Observe()
    {
        var kafka = services.GetRequiredService<IKafkaHealth>();
        return catalog.All.Select(one => new Measurement<long>(Of(one, kafka), SubscriptionInstruments.Tag(one.Name)));
    }
}
