using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>How the record of a letter has its effect after all.</summary>
internal interface IResending
{
    /// <exception cref="KafkaRejectedException">It cannot be; the message says why.</exception>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    Task SendAsync(KafkaMessage letter, CancellationToken cancellationToken);
}

/// <summary>A command goes to its topic again.</summary>
internal sealed class CommandResending(IDeadLetterTopics topics, string topic) : IResending
{
    public Task SendAsync(KafkaMessage letter, CancellationToken cancellationToken) => topics.ReplayAsync(letter, topic, cancellationToken);
}
