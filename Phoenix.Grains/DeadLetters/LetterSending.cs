using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phoenix.EventStore;
using Phoenix.Hosting;
using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>Lets the records of letters have their effect after all.</summary>
internal sealed class LetterSending(IOptionsMonitor<KafkaStreamOptions> streams, IServiceProvider services)
{
    private IReadOnlyList<KafkaTopic>? _topics;

    /// <summary>The topics that this silo reads; none without Kafka.</summary>
    public IReadOnlyList<KafkaTopic> Topics => _topics ??= [.. streams.Get(PhoenixSiloBuilderExtensions.KafkaProvider).Topics];

    /// <inheritdoc cref="IResending.HandOverAsync"/>
    public Task<Task> HandOverAsync(Letter letter, CancellationToken cancellationToken)
    {
        if (ResendingOf(letter) is not { } resending)
            throw new KafkaRejectedException(
                KafkaRejectedException.Refused,
                $"No silo reads a topic '{letter.OriginTopic}' for '{letter.Name}', which the letter says its record is of.");
        return letter.Whole ? resending.HandOverAsync(LetterRows.MessageOf(letter), cancellationToken)
            : HandOverWholeAsync(letter, resending, cancellationToken);
    }

    private async Task<Task> HandOverWholeAsync(Letter letter, IResending resending, CancellationToken cancellationToken)
    {
        var place = letter.Place;
        var found = await services.GetRequiredService<IDeadLetterTopics>()
            .FindAsync(place.Topic, place.Partition, place.Position, cancellationToken);
        if (found is null || !LetterRows.IsSame(letter, found))
            throw new KafkaRejectedException(
                KafkaRejectedException.OriginalGone,
                $"The letter that stood at offset {place.Position} of partition {place.Partition} is too large for the database, and its "
                + $"topic '{place.Topic}' does not have it any more. Ask the record's sender to send it again.");
        return await resending.HandOverAsync(found, cancellationToken);
    }

    // What the letter says of its origin is believed only as far as it is a topic whose letters these are.
    private IResending? ResendingOf(Letter letter)
    {
        var topic = Topics.FirstOrDefault(one => one.StreamNamespace == letter.Name && one.Topic == letter.OriginTopic);
        if (topic is null) return null;
        return topic.Converter is null
            ? new CommandResending(services.GetRequiredService<IDeadLetterTopics>(), topic.Topic)
            : new RecordResending(topic, Topics, services.GetRequiredService<IKafkaSender>());
    }
}
