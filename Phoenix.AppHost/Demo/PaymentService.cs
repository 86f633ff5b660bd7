using System.Text.Json;
using Confluent.Kafka;
using Shop.Payments;

namespace Phoenix.AppHost.Demo;

/// <summary>A service of somebody else's: it knows nothing of the shop and writes what it has received into a topic of its own.</summary>
internal sealed class PaymentService(string kafka, string topic)
{
    public async Task WriteAsync(IEnumerable<Payment> payments, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = kafka, EnableIdempotence = true,
            LingerMs = 5 }).Build();
        await Task.WhenAll(payments.Select(payment =>
            producer.ProduceAsync(
                topic, new() { Value = JsonSerializer.SerializeToUtf8Bytes(payment, JsonSerializerOptions.Web) }, cancellationToken)));
    }
}
