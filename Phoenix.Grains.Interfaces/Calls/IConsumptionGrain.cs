namespace Phoenix;

/// <summary>
/// Switches the reading of topics off and on, for all silos that share a database, for operators: of commands or of a subscription. The key
/// is 0. A topic stays off over restarts until somebody switches it on. Nothing is lost while the topic keeps its records: reading goes on
/// where it was left.
/// </summary>
[Alias("phoenix.IConsumptionGrain")]
public interface IConsumptionGrain : IGrainWithIntegerKey
{
    /// <summary>The topics that the silo of this call reads, and those that are off, by name.</summary>
    [Alias("List")]
    Task<IReadOnlyList<ConsumedTopic>> List();

    /// <summary>
    /// Switches a topic off. All silos stop reading it within a second or two; what they have read before is still decided.
    /// </summary>
    /// <param name="topic">Its name, as <see cref="List"/> has it.</param>
    /// <param name="reason">Why, for whoever finds it off; 1 to 500 characters.</param>
    /// <exception cref="ArgumentException">No such topic is read, or there is no reason.</exception>
    [Alias("Off")]
    Task Off(string topic, string reason);

    /// <summary>Switches a topic on again. False when it was on.</summary>
    [Alias("On")]
    Task<bool> On(string topic);
}

/// <summary>A topic that silos read.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Name">Whose it is: the aggregate's or the subscription's name; null when no silo of this build reads it.</param>
/// <param name="OffSince">Since when it is switched off; null when it is not.</param>
/// <param name="Reason">Why it is off.</param>
[GenerateSerializer, Immutable, Alias("phoenix.consumed-topic")]
public sealed record ConsumedTopic([property: Id(0)] string Topic, [property: Id(1)] string? Name, [property: Id(2)] DateTimeOffset? OffSince,
    [property: Id(3)] string? Reason);
