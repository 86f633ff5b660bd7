using System.Globalization;
using Phoenix.Kafka;

namespace Phoenix.Publishing;

/// <summary>Makes what a sink gets of what Kafka would.</summary>
internal static class SinkMessages
{
    public static ReceivedEvent Of(KafkaRecord record)
    {
        var headers = record.Headers.ToDictionary(header => header.Name, header => header.Text ?? "", StringComparer.Ordinal);
        return new()
        {
            Id = record.Id!,
            Type = record.Type!,
            Source = record.Source,
            Subject = Taken(EventMessages.Subject)!,
            Version = long.Parse(Taken(EventMessages.AggregateVersion)!, CultureInfo.InvariantCulture),
            Position = Taken(EventMessages.Position)!,
            Time = record.Time!.Value,
            Key = record.Key!,
            Body = record.Body ?? default,
            CausationId = Taken(EventMessages.CausationId),
            CorrelationId = record.CorrelationId,
            Headers = headers,
        };

        string? Taken(string name) => headers.Remove(name, out var value) ? value : null;
    }
}
