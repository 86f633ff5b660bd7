using Phoenix.Publishing;

namespace Phoenix.Client.Events;

/// <summary>What an application does with published events. Each event gets a handler and a service scope of its own.</summary>
public interface IEventHandler
{
    /// <summary>
    /// Handles one event. Those of one aggregate come in the order of their versions, one after the other; the next one comes when this
    /// task has ended well. If it throws, the same event comes again after a pause, and those behind it wait.
    /// </summary>
    /// <remarks>
    /// Events come again after an interruption. The effect happens once if <see cref="ReceivedEvent.Position"/> is stored for
    /// <see cref="ReceivedEvent.Subject"/> in the transaction that has the effect, and an event is left out that is not
    /// <see cref="ReceivedEvent.IsAfter"/> what is stored. Otherwise it happens at least once.
    /// </remarks>
    /// <param name="received">The event.</param>
    /// <param name="cancellation">The application stops. An event that was not handled to its end comes again.</param>
    Task HandleAsync(ReceivedEvent received, CancellationToken cancellation);
}
