using System.Text.Json;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Aggregates;

/// <summary>Events as callers see them.</summary>
internal static class Histories
{
    public static HistoryEvent Of(StoredEvent stored) => new()
    {
        Version = stored.Version,
        Name = stored.Type,
        Json = stored.Json,
        Timestamp = stored.Timestamp,
        CommandId = stored.CausationId,
        CorrelationId = stored.CorrelationId,
        Headers = stored.Headers is null ? CommandContext.EmptyHeaders : JsonSerializer.Deserialize<Dictionary<string, string>>(stored.Headers)!,
    };

    /// <summary>Events that a trial would store.</summary>
    public static IReadOnlyList<HistoryEvent> Of(IReadOnlyList<IEvent> events, CommandMessage cause, long version, DateTimeOffset now) =>
    [
        .. events.Select((@event, index) => new HistoryEvent
        {
            Version = version + index + 1,
            Name = LogicalNames.Of(@event.GetType()),
            Json = JsonSerializer.Serialize(@event, @event.GetType(), PhoenixJson.State),
            Timestamp = now,
            CommandId = cause.CommandId,
            CorrelationId = cause.CorrelationId,
            Headers = cause.Headers,
        }),
    ];
}
