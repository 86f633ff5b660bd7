namespace Phoenix.Publishing;

/// <summary>
/// Where a publication sends its messages instead of Kafka: named by <see cref="PublicationAttribute.Sink"/>, one object a silo, made with
/// the services of the host. Messages of one aggregate come one after the other, in the order of their versions; those of others meanwhile.
/// </summary>
public interface IPublicationSink
{
    /// <summary>
    /// Takes a message. Returning acknowledges it: it, or what it asks for, is where no failure of this process takes it away. The
    /// publication's position moves after that, so a message comes again when a silo is lost in between (at least once; guarantee 8).
    /// </summary>
    /// <remarks>
    /// The effect happens once if <see cref="ReceivedEvent.Position"/> is stored for <see cref="ReceivedEvent.Subject"/> in the transaction
    /// that has the effect, and a message is left out that is not <see cref="ReceivedEvent.IsAfter"/> what is stored. A call of a silo that
    /// lost the publication may still be under way while the next silo calls. Whatever this throws is a failure that may pass: the message
    /// comes again after a pause, which grows up to 30 s, and the publication waits for it.
    /// </remarks>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">
    /// The call takes longer than <c>Phoenix:Publications:SinkTimeout</c>, or the silo no longer publishes. End soon: until then nothing
    /// else of the publication is begun here.
    /// </param>
    /// <exception cref="MessageRefusedException">It can never be taken: what happens is the <see cref="PoisonPolicy"/>'s.</exception>
    Task TakeAsync(ReceivedEvent message, CancellationToken cancellation);
}

/// <summary>A sink can never take a message. What it says is told to operators.</summary>
/// <param name="message">Why not.</param>
public sealed class MessageRefusedException(string message) : Exception(message);
