using System.Text;
using System.Text.Json;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Intake;

/// <summary>
/// Turns messages into the aggregate's own commands and queries; the name in the message only selects among them (guarantee 12).
/// </summary>
internal static class MessageDecoder
{
    /// <summary>One whose name is unknown is refused when the ledger has been asked: another build may have decided it.</summary>
    /// <exception cref="CommandFailedException">The message is undecodable.</exception>
    public static CommandWork Command(AggregateModel model, CommandMessage message, Failures failures)
    {
        CheckId(message.CommandId);
        CheckText("correlation id", message.CorrelationId);
        CheckText("principal", message.Principal);
        CheckText("source", message.Source);
        foreach (var (name, value) in message.Headers) CheckText("header", name + value);
        if (message.Step is { } step) CheckStep(message, step);
        if (message.Name == StepReference.CloseName) return Close(message);
        if (!model.Commands.TryGetValue(message.Name, out var definition) || definition.IsInternal)
        {
            var known = model.Commands.Values.Where(command => !command.IsInternal).Select(command => command.Name);
            return CommandWork.Refused(message, CommandIdentity.Of(message.CommandId), UnknownName(model, "command", message.Name, known));
        }

        var command = Read(message.Name, definition.Type, message.Payload, failures);
        return new(message, CommandIdentity.Of(message.CommandId), command, CommandMessage.HashOf(message.Name, command));
    }

    /// <exception cref="CommandFailedException">The message is undecodable or its name unknown.</exception>
    public static QueryWork Query(AggregateModel model, QueryMessage message, Failures failures)
    {
        if (!model.Queries.TryGetValue(message.Name, out var definition)) throw UnknownName(model, "query", message.Name, model.Queries.Keys);
        return new(message.Name, Read(message.Name, definition.Type, message.Payload, failures), message.Linearizable);
    }

    // Or anyone could close anyone's commands.
    private static void CheckStep(CommandMessage message, StepReference step)
    {
        if (message.CommandId != step.CommandId)
            throw new CommandFailedException(ErrorCodes.Undecodable,
                $"The command id '{message.CommandId}' does not follow from the step '{step.Name}' of the transaction '{step.Transaction}'.");
    }

    private static CommandWork Close(CommandMessage message) => message.Step is not null
        ? new(message, CommandIdentity.Of(message.CommandId), CloseStep.Instance, new byte[16])
        : throw new CommandFailedException(ErrorCodes.Undecodable, $"'{message.Name}' names no step of a transaction.");

    private static void CheckId(string id)
    {
        // Nearly every id.
        if (id is { Length: > 0 and <= CommandMessage.MaxIdBytes } && !id.AsSpan().ContainsAnyExceptInRange(' ', '~')) return;
        // Halves of surrogate pairs all become the same replacement in UTF-8, and so different ids one.
        if (string.IsNullOrEmpty(id) || Encoding.UTF8.GetByteCount(id) > CommandMessage.MaxIdBytes || id.Any(char.IsControl) || !WholeText.Is(id))
        {
            var found = string.IsNullOrEmpty(id) ? "none" : $"{Encoding.UTF8.GetByteCount(id)} bytes";
            throw new CommandFailedException(ErrorCodes.Undecodable,
                $"A command id is text of 1 to {CommandMessage.MaxIdBytes} bytes of UTF-8 without control characters; found {found}.");
        }
    }

    private static void CheckText(string what, string? text)
    {
        if (text is not null && !WholeText.Is(text))
            throw new CommandFailedException(ErrorCodes.Undecodable, $"The {what} holds half of a surrogate pair, which is no UTF-8.");
    }

    private static object Read(string name, Type type, ReadOnlyMemory<byte> payload, Failures failures)
    {
        object message;
        try
        {
            message = JsonSerializer.Deserialize(payload.Span, type, PhoenixJson.Message)
                ?? throw new CommandFailedException(ErrorCodes.Undecodable, $"The body of '{name}' is a JSON object; found null.");
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException(ErrorCodes.Undecodable, $"The body of '{name}' cannot be read. {ReadingProblem.Of(type, payload, exception)}");
        }
        catch (NotSupportedException exception) when (ReadingProblem.Of(exception) is { } problem)
        {
            throw new CommandFailedException(ErrorCodes.Undecodable, $"The body of '{name}' cannot be read. {problem}");
        }
        catch (Exception exception) when (exception is not CommandFailedException)
        {
            throw failures.OfMessage(name, exception);
        }

        return NullItems.PathOfFirst(message) is not { } path ? message : throw new CommandFailedException(
            ErrorCodes.Undecodable, $"The body of '{name}' cannot be read. {path}: expected no null among these items; found null.");
    }

    private static CommandFailedException UnknownName(AggregateModel model, string kind, string name, IEnumerable<string> known) => new(ErrorCodes.UnknownName,
        $"'{model.Name}' has no {kind} '{(name.Length <= 80 ? name : $"{name[..80]}...")}'. It has: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
}
