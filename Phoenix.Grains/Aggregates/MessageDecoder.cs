using System.Text;
using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Aggregates;

/// <summary>Turns messages into the aggregate's own commands and queries; the name in the message only selects among them (guarantee 12).</summary>
internal static class MessageDecoder
{
    /// <exception cref="CommandFailedException">The message is undecodable or its name unknown.</exception>
    public static CommandWork Command(AggregateModel model, CommandMessage message)
    {
        CheckId(message.CommandId);
        if (!model.Commands.TryGetValue(message.Name, out var definition)) throw UnknownName(model, "command", message.Name, model.Commands.Keys);
        var command = Read(message.Name, definition.Type, message.Payload);
        return new(message, CommandIdentity.Of(message.CommandId), definition, command, CommandMessage.HashOf(message.Name, command));
    }

    /// <exception cref="CommandFailedException">The message is undecodable or its name unknown.</exception>
    public static QueryWork Query(AggregateModel model, QueryMessage message)
    {
        if (!model.Queries.TryGetValue(message.Name, out var definition)) throw UnknownName(model, "query", message.Name, model.Queries.Keys);
        return new(definition, Read(message.Name, definition.Type, message.Payload), message.Linearizable);
    }

    private static void CheckId(string id)
    {
        // Nearly every id.
        if (id is { Length: > 0 and <= CommandMessage.MaxIdBytes } && !id.AsSpan().ContainsAnyExceptInRange(' ', '~')) return;
        if (string.IsNullOrEmpty(id) || Encoding.UTF8.GetByteCount(id) > CommandMessage.MaxIdBytes || id.Any(char.IsControl) || !IsWellFormed(id))
        {
            throw new CommandFailedException(ErrorCodes.Undecodable,
                $"A command id is text of 1 to {CommandMessage.MaxIdBytes} bytes of UTF-8 without control characters; found {(string.IsNullOrEmpty(id) ? "none" : $"{Encoding.UTF8.GetByteCount(id)} bytes")}.");
        }
    }

    // Halves of surrogate pairs all become the same replacement in UTF-8, and so different ids one.
    private static bool IsWellFormed(string id)
    {
        var rest = id.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != System.Buffers.OperationStatus.Done) return false;
            rest = rest[consumed..];
        }

        return true;
    }

    private static object Read(string name, Type type, ReadOnlyMemory<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload.Span, type, PhoenixJson.Message)
                ?? throw new CommandFailedException(ErrorCodes.Undecodable, $"The body of '{name}' is a JSON object; found null.");
        }
        catch (Exception exception) when (exception is not CommandFailedException)
        {
            throw new CommandFailedException(ErrorCodes.Undecodable, $"The body of '{name}' cannot be read: {exception.Message}");
        }
    }

    private static CommandFailedException UnknownName(AggregateModel model, string kind, string name, IEnumerable<string> known) => new(ErrorCodes.UnknownName,
        $"'{model.Name}' has no {kind} '{(name.Length <= 80 ? name : $"{name[..80]}...")}'. It has: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
}
