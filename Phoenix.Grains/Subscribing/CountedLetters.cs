using Phoenix.Kafka;

namespace Phoenix.Subscribing;

/// <summary>Counts the records that were put aside.</summary>
internal sealed class CountedLetters : IRefusalListener
{
    public Task OnRefusedAsync(KafkaTopic topic, KafkaMessage message, DeadLetterReason reason, CancellationToken cancellationToken)
    {
        if (topic.Converter is not null) SubscriptionInstruments.DeadLetter(topic.StreamNamespace);
        return Task.CompletedTask;
    }
}
