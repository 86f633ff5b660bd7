using System.Globalization;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Publishing;

/// <summary>Makes the messages of events: the selection, the user's transform, and what the wire says about each message.</summary>
internal sealed class EventMessages(PublicationDefinition definition, Func<string, Type?> types, EventEvolution evolution)
{
    public const string Subject = "ce_subject";
    public const string AggregateVersion = "ce_aggregateversion";
    public const string Position = "ce_position";
    public const string CausationId = "ce_causationid";

    /// <summary>Finds event types of a domain by their full logical names.</summary>
    public static Func<string, Type?> TypesOf(DomainModel domain)
    {
        var types = domain.Aggregates.Values.SelectMany(model => model.Events.Values).DistinctBy(one => one.Name).ToDictionary(one => one.Name, one => one.Type, StringComparer.Ordinal);
        return types.GetValueOrDefault;
    }

    /// <summary>The messages of an event; empty when it is not selected.</summary>
    /// <exception cref="Exception">Whatever the user's class throws, or a message that may not be.</exception>
    public IReadOnlyList<KafkaRecord> Of(LoggedEvent logged, PublicationLease lease)
    {
        var slash = logged.StreamId.IndexOf('/', StringComparison.Ordinal);
        var aggregate = slash < 0 ? logged.StreamId : logged.StreamId[..slash];
        if (definition.Aggregates.Count > 0 && !definition.Aggregates.Contains(aggregate)) return [];
        // What is retired is nobody's event of today, and goes out as it is stored.
        var former = evolution.Find(logged.Type) is { Name: not null } found ? found : null;
        var type = former?.Name ?? logged.Type;
        if (definition.Events.Count > 0 && !definition.Events.Contains(type)) return [];
        var published = new PublishedEvent(types, logged.Headers)
        {
            Aggregate = aggregate,
            AggregateId = logged.StreamId[(slash + 1)..],
            Version = logged.Version,
            EventId = logged.Id,
            Type = type,
            StoredType = logged.Type,
            Time = logged.Timestamp,
            Json = former?.Rewrite(logged.Json) ?? logged.Json,
            CausationId = logged.CausationId,
            CorrelationId = logged.CorrelationId,
            Principal = logged.UserName,
        };
        if (!definition.Rules.Selects(published)) return [];
        return [.. definition.Rules.Transform(published).Select((message, ordinal) => Record(message, ordinal, published, logged, lease))];
    }

    private KafkaRecord Record(OutgoingMessage message, int ordinal, PublishedEvent published, LoggedEvent logged, PublicationLease lease)
    {
        if (message.Headers.Keys.FirstOrDefault(name => !WireHeaders.IsUserHeader(name)) is { } taken)
            throw new InvalidOperationException($"The header '{taken}' of message {ordinal} is a name that the wire uses itself, or not 1 to 64 ASCII letters, digits, '.', '_' and '-'.");
        List<KafkaHeader> headers =
        [
            new(Subject, logged.StreamId),
            new(AggregateVersion, logged.Version.ToString(CultureInfo.InvariantCulture)),
            new(Position, PositionOf(logged, ordinal, lease)),
        ];
        if (logged.CausationId is { } cause) headers.Add(new(CausationId, cause));
        headers.AddRange(message.Headers.Select(header => new KafkaHeader(header.Key, header.Value)));
        return new()
        {
            Topic = definition.Topic,
            Key = message.Key,
            Id = $"{definition.Name}:{logged.Id:N}:{ordinal}:{lease.Run}",
            Type = message.Type,
            Source = definition.Name,
            Time = logged.Timestamp,
            ContentType = WireHeaders.Json,
            CorrelationId = logged.CorrelationId,
            TraceParent = logged.Headers is null ? null : published.Headers.GetValueOrDefault(WireHeaders.TraceParent),
            Headers = headers,
            Body = message.Body,
        };
    }

    // Shard, life of the database, run, number, ordinal; each as wide as it may become, so that the text sorts. Consumers compare it and
    // know no more of it.
    private static string PositionOf(LoggedEvent logged, int ordinal, PublicationLease lease) =>
        string.Create(CultureInfo.InvariantCulture, $"0:{lease.Incarnation:d11}-{lease.Run:d6}-{logged.Sequence:d19}-{ordinal:d4}");
}
