namespace Phoenix.Messages;

/// <summary>Which time of which timer of an aggregate.</summary>
/// <param name="Name">The timer's name.</param>
/// <param name="Generation">Tells it from earlier and later timers of its name.</param>
/// <param name="Occurrence">How often its command came before.</param>
[GenerateSerializer, Immutable, Alias("phoenix.timer-occurrence")]
internal sealed record TimerOccurrence([property: Id(0)] string Name, [property: Id(1)] Guid Generation, [property: Id(2)] long Occurrence);
