using System.Text;
using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Evolving;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Aggregates;

/// <summary>Events as callers see them.</summary>
internal static class Histories
{
    /// <summary>A stored event as it is read today; as it is stored when it cannot be, so that whoever looks for the fault sees it.</summary>
    public static HistoryEvent Of(StoredEvent stored, EventEvolution evolution) =>
        evolution.Find(stored.Type) is { Name: { } name } former && Rewritten(stored, former) is { } json
            ? AsStored(stored) with { Name = name, Json = json, StoredName = stored.Type }
            : AsStored(stored);

    private static string? Rewritten(StoredEvent stored, FormerEvent former)
    {
        try
        {
            return Encoding.UTF8.GetString(former.Rewrite(Encoding.UTF8.GetBytes(stored.Json)).Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HistoryEvent AsStored(StoredEvent stored) => new()
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
