using System.Buffers;
using System.Text.Json;
using Phoenix.Gateway.Calls;
using Phoenix.Messages;

namespace Phoenix.Gateway.Aggregates;

/// <summary>State and events go out as the JSON that a silo gives.</summary>
internal static class AggregateJson
{
    public static IResult State(AggregateAddress address, StateView view) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("aggregate", address.Aggregate);
        json.WriteString("id", address.Id);
        json.WriteNumber("version", view.Version);
        json.WritePropertyName("state");
        json.WriteRawValue(view.Json);
        json.WriteEndObject();
    });

    public static IResult History(HistoryPage page) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("events");
        foreach (var @event in page.Events) WriteEvent(json, @event);
        json.WriteEndArray();
        if (page.NextAfter is { } next) json.WriteNumber("nextAfter", next);
        json.WriteEndObject();
    });

    private static void WriteEvent(Utf8JsonWriter json, HistoryEvent @event)
    {
        json.WriteStartObject();
        json.WriteNumber("version", @event.Version);
        json.WriteString("name", @event.Name);
        if (@event.StoredName is not null) json.WriteString("storedName", @event.StoredName);
        json.WritePropertyName("event");
        json.WriteRawValue(@event.Json);
        json.WriteString("time", @event.Timestamp);
        if (@event.CommandId is not null) json.WriteString("commandId", @event.CommandId);
        if (@event.CorrelationId is not null) json.WriteString("correlationId", @event.CorrelationId);
        json.WriteStartObject("headers");
        foreach (var (name, value) in @event.Headers) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IResult Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return Results.Bytes(buffer.WrittenMemory, WireHeaders.Json);
    }
}
