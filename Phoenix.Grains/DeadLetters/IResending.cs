using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.DeadLetters;

/// <summary>How the record of a letter has its effect after all.</summary>
internal interface IResending
{
    /// <summary>Hands what becomes of the letter to the producer: letters that are handed over in turn are sent in this order.</summary>
    /// <returns>When it is handed over, with a task that ends when it is acknowledged; either may throw.</returns>
    /// <exception cref="KafkaRejectedException">It cannot be; the message says why.</exception>
    /// <exception cref="KafkaUnavailableException">The broker does not answer.</exception>
    /// <exception cref="UnavailableException">What its record's format needs does not answer.</exception>
    Task<Task> HandOverAsync(KafkaMessage letter, CancellationToken cancellationToken);
}

/// <summary>A command goes to its topic again.</summary>
internal sealed class CommandResending(IDeadLetterTopics topics, string topic) : IResending
{
    public Task<Task> HandOverAsync(KafkaMessage letter, CancellationToken cancellationToken) =>
        Task.FromResult<Task>(topics.ReplayAsync(letter, topic, cancellationToken));
}
