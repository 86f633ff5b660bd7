using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.Publishing;

/// <summary>What every publication of a silo stands on.</summary>
internal sealed record PublicationParts(
    ILogFollower Log, IPublicationCheckpoints Checkpoints, IOrderedSenders Senders, PublicationOptions Options,
    Func<string, Type?> EventTypes, TimeProvider Time)
{
    /// <summary>How stored events of earlier builds are read.</summary>
    public EventEvolution Evolution { get; init; } = EventEvolution.None;

    /// <summary>Sinks by the names of their publications; the others send to topics.</summary>
    public IReadOnlyDictionary<string, IPublicationSink> Sinks { get; init; } = new Dictionary<string, IPublicationSink>();
}
