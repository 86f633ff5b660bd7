using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Phoenix.Messages;
using Phoenix.Publishing;

namespace Phoenix.Client.Events;

/// <summary>Reads events from records.</summary>
internal static class EventRecords
{
    /// <exception cref="FormatException">The record is no published event; the message names the header.</exception>
    public static ReceivedEvent Of(Message<byte[], byte[]> record)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in record.Headers)
            headers[header.Key] = header.GetValueBytes() is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
        return new()
        {
            Id = Taken(WireHeaders.Id),
            Type = Taken(WireHeaders.Type),
            Source = Taken(WireHeaders.Source),
            Subject = Taken("ce_subject"),
            Version = long.TryParse(Taken("ce_aggregateversion"), CultureInfo.InvariantCulture, out var version) ? version
            : throw Bad("ce_aggregateversion"),
            Position = Taken("ce_position"),
            Time = DateTimeOffset.TryParse(Taken(WireHeaders.Time), CultureInfo.InvariantCulture, out var time) ? time
            : throw Bad(WireHeaders.Time),
            CausationId = Free("ce_causationid"),
            CorrelationId = Free(WireHeaders.CorrelationId),
            Key = record.Key is { } key ? Encoding.UTF8.GetString(key) : null,
            Body = record.Value ?? [],
            Headers = headers,
        };

        string Taken(string name) => headers.Remove(name, out var value) ? value : throw Bad(name);

        string? Free(string name) => headers.Remove(name, out var value) ? value : null;

        static FormatException Bad(string header) =>
            new($"The record is no published event: its header '{header}' is missing, or not as docs/wire.md says.");
    }
}
